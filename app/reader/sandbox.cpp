// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/reader/landlock.h"

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

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

[[noreturn]] void fail(const std::string &what, int error)
{
    throw std::runtime_error("cannot enter the sandbox: " + what + ": " + std::strerror(error));
}

void limit(__rlimit_resource resource, rlim_t value, const char *name)
{
    rlimit limits{};
    if (getrlimit(resource, &limits) != 0)
        fail(name, errno);
    limits.rlim_cur = limits.rlim_max = std::min(value, limits.rlim_max);
    if (setrlimit(resource, &limits) != 0)
        fail(name, errno);
}

// Allowed whatever their arguments are. All others are refused but those of allowSome().
constexpr int kAllowed[] = {
    // what is open, and names that Landlock bounds
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(pipe2), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(stat), SCMP_SYS(stat64), SCMP_SYS(lstat),
    SCMP_SYS(lstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(fadvise64),
    // memory
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    // time, and what the C library asks of itself
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getpid),
    SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getrusage), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

// "Not there" makes the C library do without.
constexpr int kUnknown[] = {SCMP_SYS(clone3), SCMP_SYS(openat2)};

class Filter {
public:
    Filter() : m_context(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release)
    {
        if (!m_context)
            fail("seccomp", ENOMEM);
    }

    void allow(int call, std::initializer_list<scmp_arg_cmp> when = {}) { add(SCMP_ACT_ALLOW, call, when); }
    void refuse(int call, int error) { add(SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, {}); }

    void load()
    {
        const int status = seccomp_load(m_context.get());
        if (status != 0)
            fail("seccomp", -status);
    }

private:
    void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> when)
    {
        const int status
            = seccomp_rule_add_array(m_context.get(), action, call, static_cast<unsigned>(when.size()), when.begin());
        if (status != 0 && status != -EDOM) // EDOM: no such call on this architecture
            fail("seccomp", -status);
    }

    std::unique_ptr<void, void (*)(scmp_filter_ctx)> m_context;
};

// Calls that can do more than they may.
void allowSome(Filter &filter)
{
    constexpr scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
    filter.allow(SCMP_SYS(open), {SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)});
    filter.allow(SCMP_SYS(openat), {SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)});
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)})
        filter.allow(call, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
    for (const scmp_datum_t command : {F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC}) {
        filter.allow(SCMP_SYS(fcntl), {SCMP_A1(SCMP_CMP_EQ, command)});
        filter.allow(SCMP_SYS(fcntl64), {SCMP_A1(SCMP_CMP_EQ, command)});
    }
    filter.allow(SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, TCGETS)}); // isatty()
    const auto self = static_cast<scmp_datum_t>(getpid());
    for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)}) // abort()
        filter.allow(call, {SCMP_A0(SCMP_CMP_EQ, self)});
    if (kSanitized) {
        filter.allow(SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, PR_GET_DUMPABLE)});
        filter.allow(SCMP_SYS(getrlimit));
        filter.allow(SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)}); // asks, of itself
    }
}

// GLib, which libbabeltrace2 gets its memory from, ends the process with this signal where it gets none.
void endWithoutMemory(int)
{
    constexpr std::string_view cause
        = "exitscope-reader: an event of it has more elements than the reader may have memory for\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, cause.data(), cause.size());
    _exit(1);
}

} // namespace

void endWithParent(int parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        fail("PR_SET_PDEATHSIG", errno);
    if (parent != 0 && getppid() != parent)
        _exit(0); // nobody is told of its end any more
}

void limitMemory(std::uint64_t bytes)
{
    std::signal(SIGTRAP, endWithoutMemory);
    if (!kSanitized) // the shadow memory alone takes terabytes of addresses
        limit(RLIMIT_AS, bytes, "RLIMIT_AS");
}

void enterSandbox(const std::vector<std::string> &paths, std::size_t streams)
{
    std::signal(SIGXFSZ, SIG_IGN); // writing to a file shall fail, not kill
    limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE");
    limit(RLIMIT_CORE, 0, "RLIMIT_CORE");
    limit(RLIMIT_NOFILE, 64 + 8 * streams, "RLIMIT_NOFILE");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail("PR_SET_NO_NEW_PRIVS", errno);
    confineTo(paths);
    Filter filter;
    for (const int call : kAllowed)
        filter.allow(call);
    for (const int call : kUnknown)
        filter.refuse(call, ENOSYS);
    allowSome(filter);
    filter.load();
}

} // namespace exitscope::reader
