// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "model/source/path_bytes.h"

extern char **environ;

namespace exitscope {

namespace {

struct Pipes {
    std::array<int, 2> in{-1, -1};
    std::array<int, 2> out{-1, -1};
    std::array<int, 2> err{-1, -1};

    bool open()
    {
        return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in.data()) == 0
            && ::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(err.data(), O_CLOEXEC) == 0;
    }
    ~Pipes()
    {
        for (const auto &pair : {in, out, err})
            for (const int fd : pair)
                if (fd >= 0)
                    ::close(fd);
    }
};

int spawn(pid_t &pid, const Pipes &pipes, const QString &program, const QStringList &arguments)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes.in[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes.out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes.err[1], STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1); // what else is open is not its business

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<QByteArray> words{pathBytes(program)};
    for (const QString &argument : arguments)
        words.push_back(pathBytes(argument));
    std::vector<char *> argv;
    for (QByteArray &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    const int result = ::posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

int takenNonBlocking(int &fd)
{
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return std::exchange(fd, -1);
}

} // namespace

int ChildProcess::start(const QString &program, const QStringList &arguments)
{
    Pipes pipes;
    if (!pipes.open())
        return errno;
    if (const int error = spawn(pid, pipes, program, arguments); error != 0) {
        pid = 0;
        return error;
    }
    in = takenNonBlocking(pipes.in[0]);
    out = takenNonBlocking(pipes.out[0]);
    err = takenNonBlocking(pipes.err[0]);
    return 0;
}

QString describeEnd(int waitStatus)
{
    if (WIFSIGNALED(waitStatus)) {
        const char *name = ::sigabbrev_np(WTERMSIG(waitStatus));
        return QStringLiteral("the reader was ended by signal %1")
            .arg(name ? QStringLiteral("SIG") + QString::fromLatin1(name) : QString::number(WTERMSIG(waitStatus)));
    }
    return QStringLiteral("the reader ended with exit code %1").arg(WEXITSTATUS(waitStatus));
}

QString readerBesideUs()
{
    std::error_code ignored;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
    return QString::fromStdString((self.parent_path() / "exitscope-reader").string());
}

} // namespace exitscope
