//! The network of one control plane's nodes: a bridge in a namespace of its own, with the API server at its first address.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::egress::Egress;
use super::namespace;
use crate::process::{Component, Spec};
use crate::proxy::Proxy;

/// Where nodes and pods find the API server, and at other ports what else is passed in. The same in every switch: they do not
/// know of each other.
pub(crate) const API_ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 1);
/// The port of the API server there.
const API_PORT: u16 = 6443;
/// As many as have an address in the network of nodes.
const MOST_NODES: u8 = 200;

/// The address of a node, counted from 1.
pub(super) fn node_address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 99, 0, 10 + number.min(MOST_NODES))
}

/// The network of a node's pods.
pub(super) fn pod_network(number: u8) -> String {
    format!("10.244.{number}.0/24")
}

/// A network that nothing but a control plane and its nodes is on; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Switch {
    // The ways in and out end before the network.
    api: Option<Proxy>,
    _egress: Egress,
    _holder: Component,
    process: u32,
}

impl Switch {
    /// Makes the network and the way out for the API server, at the socket that `egress_socket` names.
    pub(crate) async fn start(dir: &Path) -> Result<Self> {
        let holder = Component::spawn(Spec {
            name: "switch".to_owned(),
            program: "unshare".into(),
            // What holds a namespace need not do anything.
            args: ["--net", "sleep", "infinity"].map(str::to_owned).to_vec(),
            env: Vec::new(),
            log: dir.join("switch.log"),
        })?;
        let process = namespace::own(&holder).await?;
        namespace::ip(
            process,
            &format!(
                "link set lo up\nlink add br0 type bridge\naddr add {API_ADDRESS}/24 dev br0\nlink set br0 up\n"
            ),
        )?;
        // Between the pods of two nodes: each node knows only the way to here.
        namespace::within(process, || {
            std::fs::write("/proc/sys/net/ipv4/ip_forward", "1").context("let the switch forward")
        })?;
        let egress = Egress::start(process, &egress_socket(dir))?;
        Ok(Self { api: None, _egress: egress, _holder: holder, process })
    }

    /// Passes the API server in.
    pub(crate) fn pass_in(&mut self, server: SocketAddr) -> Result<()> {
        self.api = Some(Proxy::on(self.listen(API_PORT)?, server)?);
        Ok(())
    }

    /// A socket that nodes and pods reach at this port of the API server's address.
    pub(crate) fn listen(&self, port: u16) -> Result<TcpListener> {
        let address = SocketAddr::from((API_ADDRESS, port));
        namespace::within(self.process, || {
            TcpListener::bind(address).with_context(|| format!("listen on {address} in the network of nodes"))
        })
    }

    /// Pulls a node's cable. The network of a killed node lasts a moment longer than its processes.
    pub(super) fn unplug(&self, number: u8) {
        // Gone already, most likely; if it is not, plugging the node in again says so.
        let _ = namespace::ip(self.process, &format!("link delete node{number}\n"));
    }

    /// Plugs a node in, which is in the network namespace of a process: its address, its pods, its way out.
    pub(super) fn plug(&self, number: u8, node: u32) -> Result<()> {
        let (switch, address, pods) = (self.process, node_address(number), pod_network(number));
        let mut link = std::process::Command::new("ip");
        let port = format!("node{number}");
        link.args(["link", "add", &port, "netns", &switch.to_string(), "type", "veth"]);
        link.args(["peer", "name", "eth0", "netns", &node.to_string()]);
        namespace::run(link).context("lay a cable to a node")?;
        namespace::ip(switch, &format!("link set {port} master br0 up\n"))?;
        namespace::ip(
            node,
            &format!(
                "link set lo up\naddr add {address}/24 dev eth0\nlink set eth0 up\nroute add default via {API_ADDRESS}\n"
            ),
        )?;
        namespace::ip(switch, &format!("route replace {pods} via {address}\n"))
    }
}

/// Where the API server finds its way to kubelets and pods.
pub(crate) fn egress_socket(dir: &Path) -> PathBuf {
    dir.join("egress.sock")
}
