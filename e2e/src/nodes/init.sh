# The first process of a node, in network, mount, pid, uts, ipc and cgroup namespaces of its own. Its end is the node's end.
#   init.sh NAME FOLDER PATH CGROUPS IMAGE…
#   PATH     folders of the programs that are no part of the system
#   CGROUPS  the hierarchies of version 1, by their mount options, with blanks between; empty for version 2
set -eu
name=$1 folder=$2 cgroups=$4
export PATH="$3:/usr/sbin:/usr/bin:/sbin:/bin"
shift 4

mount --make-rprivate /
mount -t proc proc /proc
hostname "$name"
mount -t sysfs sysfs /sys
if [ -n "$cgroups" ]; then
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  for options in $cgroups; do
    hierarchy=/sys/fs/cgroup/${options#name=}
    mkdir "$hierarchy"
    case $options in
      name=*) mount -t cgroup -o "none,$options" cgroup "$hierarchy" ;;
      *) mount -t cgroup -o "$options" cgroup "$hierarchy" ;;
    esac
    case $options in *,*) for one in ${options//,/ }; do ln -s "$options" "/sys/fs/cgroup/$one"; done ;; esac
  done
else
  mount -t cgroup2 none /sys/fs/cgroup
  # A group of version 2 that hands controllers down has no processes of its own.
  mkdir /sys/fs/cgroup/init
  for process in $(cat /sys/fs/cgroup/cgroup.procs); do echo "$process" > /sys/fs/cgroup/init/cgroup.procs || true; done
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control || true
  done
fi

# A kubelet sets the whole machine's tunables and does not start where it cannot: it finds them set, in files laid over them.
# Those of the network are the node's own.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/tunables
mount --bind /proc/sys /proc/sys
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,ro /proc/sys
for tunable in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=/run/tunables/${tunable%=*}
  mkdir -p "${file%/*}"
  echo "${tunable#*=}" > "$file"
  mount --bind "$file" "/proc/sys/${tunable%=*}"
done
echo 1 > /proc/sys/net/ipv4/ip_forward

# What the components keep under fixed names is kept in the node's folder.
for hidden in /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$hidden"; done
for kept in kubelet containerd; do
  mkdir -p "$folder/$kept" "/var/lib/$kept"
  mount --bind "$folder/$kept" "/var/lib/$kept"
done
mkdir -p "$folder/pods" /var/log/pods
mount --bind "$folder/pods" /var/log/pods
mount --make-rshared /

containerd --config "$folder/containerd.toml" >> "$folder/containerd.log" 2>&1 &
until ctr version > /dev/null 2>&1; do sleep 0.05; done
for image in "$@"; do ctr --namespace k8s.io images import --local "$image" >> "$folder/images.log" 2>&1; done
# Before the API server answers, a kubelet would wait longer each time it asks.
until [ -e "$folder/go" ]; do sleep 0.05; done
kubelet --config "$folder/kubelet.yaml" --kubeconfig "$folder/kubelet.kubeconfig" --hostname-override "$name" \
  --node-ip "$(cat "$folder/address")" --v=1 >> "$folder/kubelet.log" 2>&1 &
kube-proxy --config "$folder/kube-proxy.yaml" --v=1 >> "$folder/kube-proxy.log" 2>&1 &

# Waiting, this shell also buries the orphans of the node.
trap 'exit 0' TERM
while :; do sleep infinity & wait $!; done
