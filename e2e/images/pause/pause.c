/* Holds a pod's namespaces: waits, reaps the children that are left to it as process 1, ends on SIGTERM or SIGINT. */
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

int main(void) {
    sigset_t awaited;
    int received;

    sigemptyset(&awaited);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGCHLD);
    /* Blocked first and then waited for: a signal that comes in between is not lost. */
    if (sigprocmask(SIG_BLOCK, &awaited, NULL) != 0)
        return 1;
    for (;;) {
        if (sigwait(&awaited, &received) != 0)
            return 1;
        if (received != SIGCHLD)
            return 0;
        /* Several children that ended at once are one signal. */
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}
