// SPDX-License-Identifier: GPL-3.0-or-later
// Stands between the program and exitscope-reader, hands on what they say, and misbehaves on demand:
// EXITSCOPE_READER_FAULT=MODE:N with MODE one of crash, hang, beat (no more than that it is alive), garbage,
// exit, after N Records frames, or in the place of a stream's Summary where N is "survey".
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "model/record/frame.h"

using namespace exitscope;

namespace {

std::uint64_t toldSteps = 0; // by the reader, in its last heartbeat

// Ends the process where nobody writes or reads any more.
void readAll(int file, char *to, std::size_t bytes)
{
    while (bytes > 0) {
        const ssize_t got = read(file, to, bytes);
        if (got <= 0)
            _exit(0);
        to += got;
        bytes -= static_cast<std::size_t>(got);
    }
}

void writeAll(int file, const char *from, std::size_t bytes)
{
    while (bytes > 0) {
        const ssize_t written = write(file, from, bytes);
        if (written <= 0)
            _exit(0);
        from += written;
        bytes -= static_cast<std::size_t>(written);
    }
}

void misbehave(const std::string &mode)
{
    if (const char *note = std::getenv("EXITSCOPE_READER_NOTE"))
        close(open(note, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); // a test waits for it
    if (mode == "crash") {
        std::signal(SIGSEGV, SIG_DFL);
        std::raise(SIGSEGV);
    } else if (mode == "hang") {
        for (;;)
            pause();
    } else if (mode == "beat") {
        for (;; usleep(100'000)) {
            const wire::FrameHeader header{wire::kFrameMark, wire::FrameKind::Heartbeat, 0, sizeof toldSteps};
            writeAll(STDOUT_FILENO, reinterpret_cast<const char *>(&header), sizeof header);
            writeAll(STDOUT_FILENO, reinterpret_cast<const char *>(&toldSteps), sizeof toldSteps);
            writeAll(STDOUT_FILENO, reinterpret_cast<const char *>(&wire::kEndMark), sizeof wire::kEndMark);
        }
    } else if (mode == "garbage") {
        const std::string garbage(4096, '#');
        writeAll(STDOUT_FILENO, garbage.data(), garbage.size());
    } else if (mode == "exit") {
        _exit(3);
    }
}

void handOnCommands(int to)
{
    char buffer[4096];
    for (ssize_t got = 0; (got = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;)
        writeAll(to, buffer, static_cast<std::size_t>(got));
    close(to);
}

void handOnFrames(int from, const std::string &mode, const std::string &when)
{
    const bool inSurvey = when == "survey";
    const long after = inSurvey ? -1 : std::atol(when.c_str());
    for (long records = 0;;) {
        if (records == after)
            misbehave(mode);
        wire::FrameHeader header;
        readAll(from, reinterpret_cast<char *>(&header), sizeof header);
        std::vector<char> rest(header.payloadBytes + sizeof wire::kEndMark);
        readAll(from, rest.data(), rest.size());
        if (inSurvey && records == 0 && header.kind == wire::FrameKind::Summary)
            misbehave(mode);
        writeAll(STDOUT_FILENO, reinterpret_cast<const char *>(&header), sizeof header);
        writeAll(STDOUT_FILENO, rest.data(), rest.size());
        if (header.kind == wire::FrameKind::Heartbeat && header.payloadBytes == sizeof toldSteps)
            std::memcpy(&toldSteps, rest.data(), sizeof toldSteps);
        records += header.kind == wire::FrameKind::Records ? 1 : 0;
    }
}

} // namespace

int main(int, char **argv)
{
    const std::string reader = EXITSCOPE_BINARY_DIR "/exitscope-reader";
    const char *const asked = std::getenv("EXITSCOPE_READER_FAULT");
    const std::string fault = asked ? asked : "";
    const auto colon = fault.find(':');
    int commands[2];
    int frames[2];
    if (colon == std::string::npos || pipe(commands) != 0 || pipe(frames) != 0) {
        execv(reader.c_str(), argv);
        return 127;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::string self = std::to_string(getpid());
    if (fork() == 0) {
        dup2(commands[0], STDIN_FILENO);
        dup2(frames[1], STDOUT_FILENO);
        for (const int file : {commands[0], commands[1], frames[0], frames[1]})
            close(file);
        std::vector<char *> arguments;
        for (char **argument = argv; *argument; ++argument) {
            const bool isParent = !arguments.empty() && std::string(arguments.back()) == "--parent";
            arguments.push_back(isParent ? const_cast<char *>(self.c_str()) : *argument);
        }
        arguments.push_back(nullptr);
        execv(reader.c_str(), arguments.data());
        _exit(127);
    }
    close(commands[0]);
    close(frames[1]);
    std::thread([to = commands[1]] { handOnCommands(to); }).detach();
    handOnFrames(frames[0], fault.substr(0, colon), fault.substr(colon + 1));
}
