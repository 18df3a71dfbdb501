// SPDX-License-Identifier: GPL-3.0-or-later
// usage: sandbox_probe sandboxed|free MEMORY DIR WHAT [PATH]
// Enters the reader's sandbox, for DIR and with so many bytes of memory, and attempts WHAT.
// The exit status: 0 refused, 1 possible, 2 no such attempt, 77 this build or this kernel does not limit it.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/reader/landlock.h"
#include "app/reader/sandbox.h"

namespace {

std::string path; // of the command line
std::size_t memoryBytes = 0;

bool opens(const std::string &file, int flags)
{
    return open(file.c_str(), flags | O_CLOEXEC, 0600) >= 0;
}

bool reads(const std::string &file)
{
    char byte = 0;
    const int opened = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    return opened >= 0 && read(opened, &byte, 1) >= 0;
}

std::string ofParent(const char *file)
{
    return "/proc/" + std::to_string(getppid()) + "/" + file;
}

bool maps(std::size_t bytes, int protection, int file = -1)
{
    return mmap(nullptr, bytes, protection, file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE, file, 0)
        != MAP_FAILED;
}

// A child ends at once.
bool starts(long child)
{
    if (child == 0)
        _exit(0);
    return child > 0;
}

bool execs()
{
    char name[] = "true";
    char *const arguments[] = {name, nullptr};
    char *const environment[] = {nullptr};
    const int child = static_cast<int>(syscall(SYS_vfork)); // so that the attempt can be told
    if (child == 0) {
        execve("/bin/true", arguments, environment);
        _exit(1);
    }
    if (child < 0) {
        execve("/bin/true", arguments, environment); // comes back only if it was refused
        return false;
    }
    int status = 1;
    waitpid(child, &status, 0);
    return status == 0;
}

bool protects()
{
    void *page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

bool readsMemoryOfParent()
{
    char byte = 0;
    iovec here{&byte, 1};
    iovec there{&byte, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) >= 0 || errno == EFAULT; // it would have been let
}

bool raisesLimit()
{
    const rlimit limit{0, RLIM_INFINITY};
    return setrlimit(RLIMIT_NPROC, &limit) == 0;
}

bool ptraces()
{
    return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 || ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr) == 0;
}

const std::map<std::string, std::function<bool()>> &attempts()
{
    static const std::map<std::string, std::function<bool()>> all{
        {"memory", [] { return maps(memoryBytes, PROT_READ | PROT_WRITE); }},
        {"nothing", [] { return true; }},
        // files; with PATH
        {"read", [] { return reads(path); }},
        {"list", [] { return opens(path, O_RDONLY | O_DIRECTORY); }},
        {"write", [] { return opens(path, O_WRONLY); }},
        {"read and write", [] { return opens(path, O_RDWR); }},
        {"truncate at opening", [] { return opens(path, O_RDONLY | O_TRUNC); }},
        {"create", [] { return opens(path + "-new", O_WRONLY | O_CREAT); }},
        {"create unnamed", [] { return opens("/tmp", O_RDWR | O_TMPFILE); }},
        {"remove", [] { return unlink(path.c_str()) == 0; }},
        {"rename", [] { return rename(path.c_str(), (path + "-other").c_str()) == 0; }},
        {"link", [] { return link(path.c_str(), (path + "-link").c_str()) == 0; }},
        {"symlink", [] { return symlink("/", (path + "-link").c_str()) == 0; }},
        {"mkdir", [] { return mkdir((path + "-dir").c_str(), 0700) == 0; }},
        {"chmod", [] { return chmod(path.c_str(), 0777) == 0; }},
        {"shorten", [] { return truncate(path.c_str(), 0) == 0; }},
        {"memfd", [] { return syscall(SYS_memfd_create, "x", 0) >= 0; }},
        {"secret memory", [] { return syscall(447 /* memfd_secret */, 0) >= 0; }},
        // other processes
        {"environ of the parent", [] { return reads(ofParent("environ")); }},
        {"memory of the parent, file", [] { return opens(ofParent("mem"), O_RDONLY); }},
        {"memory of the parent", [] { return readsMemoryOfParent(); }},
        {"fork", [] { return starts(syscall(SYS_fork)); }},
        {"clone", [] { return starts(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
        {"clone3",
            [] {
                clone_args arguments{};
                arguments.exit_signal = SIGCHLD;
                return starts(syscall(SYS_clone3, &arguments, sizeof arguments));
            }},
        {"exec", [] { return execs(); }},
        {"ptrace", [] { return ptraces(); }},
        {"signal to the parent", [] { return kill(getppid(), 0) == 0; }},
        {"signal to its thread", [] { return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0; }},
        {"signal to all", [] { return kill(-1, 0) == 0; }},
        {"pidfd", [] { return syscall(SYS_pidfd_open, getppid(), 0) >= 0; }},
        {"priority", [] { return setpriority(PRIO_PROCESS, 0, 19) == 0; }},
        {"limits", [] { return raisesLimit(); }},
        // new code
        {"mmap rwx", [] { return maps(4096, PROT_READ | PROT_WRITE | PROT_EXEC); }},
        {"mmap of code", [] { return maps(4096, PROT_READ | PROT_EXEC, open(path.c_str(), O_RDONLY | O_CLOEXEC)); }},
        {"mprotect", [] { return protects(); }},
        // the rest of the kernel
        {"socket", [] { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0; }},
        {"local socket", [] { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0; }},
        {"socket pair",
            [] {
                int ends[2];
                return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
            }},
        {"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr) >= 0 || errno == EFAULT; }},
        {"terminal input", [] { return ioctl(STDIN_FILENO, TIOCSTI, "x") == 0 || errno == ENOTTY; }},
        {"shared memory", [] { return syscall(SYS_shmget, IPC_PRIVATE, 4096, 0600) >= 0; }},
        {"keys", [] { return syscall(SYS_keyctl, 0, -1, 0) >= 0; }},
        {"namespaces", [] { return syscall(SYS_unshare, CLONE_NEWUSER) == 0; }},
    };
    return all;
}

bool isLandlocks(const std::string &what)
{
    return what == "read" || what == "list" || what == "environ of the parent" || what == "memory of the parent, file";
}

int skip(const char *why)
{
    std::puts(why);
    return 77;
}

} // namespace

int main(int argc, char **argv)
{
    const auto attempt = argc >= 5 ? attempts().find(argv[4]) : attempts().end();
    if (attempt == attempts().end())
        return 2;
    const std::string what = attempt->first;
    path = argc > 5 ? argv[5] : "";
    memoryBytes = std::strtoull(argv[2], nullptr, 10);
    const std::string mode = argv[1];
    if (mode == "sandboxed") {
        if (isLandlocks(what) && exitscope::reader::landlockVersion() == 0)
            return skip("this kernel has no Landlock");
        exitscope::reader::limitMemory(memoryBytes);
        exitscope::reader::enterSandbox({argv[3]}, 1);
    }
    errno = 0;
    const bool possible = attempt->second();
    std::printf(possible ? "possible\n" : "refused: %s\n", std::strerror(errno));
    return possible ? 1 : 0;
}
