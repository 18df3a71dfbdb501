// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <stdexcept>

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
// At its end the leak checker starts a process, which the sandbox refuses.
extern "C" const char *__asan_default_options();
extern "C" const char *__asan_default_options()
{
    return "detect_leaks=0";
}
#endif

namespace exitscope::reader {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMemoryLimited = false; // the shadow memory alone takes terabytes of addresses
#else
constexpr bool kMemoryLimited = true;
#endif

[[noreturn]] void fail(const std::string &what, int error)
{
    throw std::runtime_error("cannot enter the sandbox: " + what + ": " + std::strerror(error));
}

void limit(__rlimit_resource resource, rlim_t value, const char *name)
{
    rlimit limits{};
    if (getrlimit(resource, &limits) != 0) {
        fail(name, errno);
    }
    limits.rlim_cur = limits.rlim_max = std::min(value, limits.rlim_max);
    if (setrlimit(resource, &limits) != 0) {
        fail(name, errno);
    }
}

// Refused whatever their arguments are.
constexpr int kForbidden[] = {
    // sockets
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept),
    SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg), SCMP_SYS(shutdown),
    // files: creating, changing, removing
    SCMP_SYS(creat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
    SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink),
    SCMP_SYS(symlinkat), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat),
    SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(truncate), SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate), SCMP_SYS(utime), SCMP_SYS(utimes), SCMP_SYS(utimensat), SCMP_SYS(futimesat),
    SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr), SCMP_SYS(removexattr), SCMP_SYS(lremovexattr),
    SCMP_SYS(fremovexattr), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(memfd_create), SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen),
    // processes
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(kcmp), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(setpriority), SCMP_SYS(prlimit64),
    // ways around a filter, and the kernel's wider surface
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(shmget), SCMP_SYS(shmat),
    SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open)};

class Filter {
public:
    Filter() : m_context(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release)
    {
        if (!m_context) {
            fail("seccomp", ENOMEM);
        }
    }

    void refuse(int call, int error, std::initializer_list<scmp_arg_cmp> when = {})
    {
        const int status = seccomp_rule_add_array(m_context.get(), SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)),
            call, static_cast<unsigned>(when.size()), when.begin());
        if (status != 0 && status != -EDOM) { // EDOM: no such call on this architecture
            fail("seccomp", -status);
        }
    }

    void load()
    {
        const int status = seccomp_load(m_context.get());
        if (status != 0) {
            fail("seccomp", -status);
        }
    }

private:
    std::unique_ptr<void, void (*)(scmp_filter_ctx)> m_context;
};

void refuseWriting(Filter &filter)
{
    for (const scmp_datum_t flags : {O_WRONLY, O_RDWR}) {
        filter.refuse(SCMP_SYS(open), EACCES, {SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, flags)});
        filter.refuse(SCMP_SYS(openat), EACCES, {SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, flags)});
    }
    for (const scmp_datum_t flag : {O_CREAT, O_TRUNC}) {
        filter.refuse(SCMP_SYS(open), EACCES, {SCMP_A1(SCMP_CMP_MASKED_EQ, flag, flag)});
        filter.refuse(SCMP_SYS(openat), EACCES, {SCMP_A2(SCMP_CMP_MASKED_EQ, flag, flag)});
    }
    filter.refuse(SCMP_SYS(openat2), ENOSYS); // its flags lie in memory, where a filter cannot see them
}

void refuseProcesses(Filter &filter)
{
    const auto self = static_cast<scmp_datum_t>(getpid());
    filter.refuse(SCMP_SYS(clone), EPERM, {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)});
    filter.refuse(SCMP_SYS(clone3), ENOSYS);
    filter.refuse(SCMP_SYS(kill), EPERM, {SCMP_A0(SCMP_CMP_NE, self)});
    filter.refuse(SCMP_SYS(tgkill), EPERM, {SCMP_A0(SCMP_CMP_NE, self)});
    filter.refuse(SCMP_SYS(ioctl), EPERM, {SCMP_A1(SCMP_CMP_EQ, TIOCSTI)}); // types into the terminal
}

int report(bool refused, int error)
{
    std::printf(refused ? "refused: %s\n" : "possible\n", std::strerror(error));
    return refused ? 0 : 1;
}

} // namespace

void enterSandbox(std::uint64_t memoryBytes, std::size_t streams)
{
    if (kMemoryLimited) {
        limit(RLIMIT_AS, memoryBytes, "RLIMIT_AS");
    }
    std::signal(SIGXFSZ, SIG_IGN); // writing to a file shall fail, not kill
    limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE");
    limit(RLIMIT_CORE, 0, "RLIMIT_CORE");
    limit(RLIMIT_NOFILE, 64 + 8 * streams, "RLIMIT_NOFILE");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        fail("prctl", errno);
    }
    Filter filter;
    for (const int call : kForbidden) {
        filter.refuse(call, EPERM);
    }
    refuseWriting(filter);
    refuseProcesses(filter);
    filter.load();
}

int tryForbidden(const std::string &what, std::uint64_t memoryBytes)
{
    if (what == "memory") {
        if (!kMemoryLimited) {
            std::puts("not limited under the address sanitizer");
            return 77;
        }
        void *memory = mmap(nullptr, memoryBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return report(memory == MAP_FAILED, errno);
    }
    if (what == "file") {
        const std::string path = "/tmp/exitscope-reader-" + std::to_string(getpid());
        const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        const int error = errno;
        unlink(path.c_str());
        return report(file < 0, error);
    }
    if (what == "socket") {
        const int ip = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return report(ip < 0 && local < 0, errno);
    }
    throw std::invalid_argument("--try wants memory, file or socket");
}

} // namespace exitscope::reader
