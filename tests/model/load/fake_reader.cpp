// SPDX-License-Identifier: GPL-3.0-or-later
// A reader that breaks the protocol in the way that EXITSCOPE_FAKE_READER names.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "model/record/description.h"
#include "model/record/frame.h"
#include "model/record/record.h"

using namespace exitscope;

namespace {

void put(const std::string &bytes)
{
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t written = write(STDOUT_FILENO, bytes.data() + at, bytes.size() - at);
        if (written <= 0)
            _exit(0);
        at += static_cast<std::size_t>(written);
    }
}

template <class T>
std::string raw(const T &value)
{
    return {reinterpret_cast<const char *>(&value), sizeof value};
}

std::string frame(wire::FrameKind kind, const std::string &payload, std::uint16_t stream = 0)
{
    const wire::FrameHeader header{wire::kFrameMark, kind, stream, static_cast<std::uint32_t>(payload.size())};
    return raw(header) + payload + raw(wire::kEndMark);
}

std::string records(const std::vector<Ns> &times, EventKind kind = EventKind::HostProof)
{
    std::string payload = raw(std::uint64_t(0));
    for (const Ns time : times) {
        Record record;
        record.timeNs = time;
        record.pcpu = 0;
        record.kind = kind;
        record.thread = {1, 7}; // for ThreadInfo: a name that was not told
        payload += raw(record);
    }
    return frame(wire::FrameKind::Records, payload);
}

std::string summary()
{
    wire::Summary result;
    result.events = 2;
    result.beginNs = 10;
    result.endNs = 20;
    return frame(wire::FrameKind::Summary, raw(result));
}

void waitForCommand()
{
    wire::Command command;
    if (read(STDIN_FILENO, &command, sizeof command) != sizeof command || command.kind == wire::CommandKind::Quit)
        _exit(0);
}

[[noreturn]] void sleepForEver()
{
    for (;;)
        pause();
}

// What comes instead of the stream's second Records frame.
void misbehave(const std::string &mode)
{
    if (mode == "good")
        return;
    if (mode == "garbage")
        put("Segmentation fault\n");
    else if (mode == "short garbage")
        put("?");
    else if (mode == "no end mark")
        put(records({30}).replace(12 + 8 + sizeof(Record), 4, "XXXX"));
    else if (mode == "endless frame")
        put(raw(wire::FrameHeader{wire::kFrameMark, wire::FrameKind::Records, 0, 0xffffffff}));
    else if (mode == "unknown kind")
        put(frame(wire::FrameKind{99}, "x"));
    else if (mode == "other stream")
        put(frame(wire::FrameKind::Heartbeat, "", 5));
    else if (mode == "time goes back")
        put(records({15}));
    else if (mode == "no such event")
        put(records({30}, EventKind{77}));
    else if (mode == "name not told")
        put(records({30}, EventKind::ThreadInfo));
    else if (mode == "half a record")
        put(frame(wire::FrameKind::Records, std::string(8 + 20, '\0')));
    else if (mode == "too many records")
        put(records(std::vector<Ns>(wire::kRecordsPerFrame + 1, 30)));
    else if (mode == "more than the credits") {
        std::string many; // in one piece, so that no credit can be given in between
        for (int i = 0; i < 20; ++i)
            many += records({30});
        put(many);
    } else if (mode == "described twice")
        put(frame(wire::FrameKind::Description, wire::encode({})));
    else if (mode == "small summary")
        put(frame(wire::FrameKind::Summary, "x"));
    else if (mode == "exit")
        _exit(7);
    else if (mode == "exit in a frame") {
        put(records({30}).substr(0, 30));
        _exit(7);
    } else if (mode == "abort") {
        std::fputs("libbabeltrace2: assertion failed\n", stderr);
        std::abort();
    } else if (mode == "closed pipe") {
        close(STDOUT_FILENO);
        sleepForEver();
    } else if (mode == "failed") {
        put(frame(wire::FrameKind::Failed, "the packet at byte 4096 is damaged"));
        sleepForEver();
    }
    sleepForEver();
}

} // namespace

int main()
{
    const char *const asked = std::getenv("EXITSCOPE_FAKE_READER");
    const std::string mode = asked ? asked : "good";
    if (mode == "garbage at once")
        put("hello\n");
    if (mode == "bad description")
        put(frame(wire::FrameKind::Description, "nonsense\n"));
    if (mode == "silent")
        sleepForEver();
    if (mode == "slow") // alive, but busy for longer than the test's time limit
        for (int i = 0; i < 30; ++i) {
            put(frame(wire::FrameKind::Heartbeat, ""));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    put(frame(wire::FrameKind::Description, wire::encode({})));
    waitForCommand();
    put(records({10, 20}));
    misbehave(mode == "slow" ? "good" : mode);
    put(summary());
    for (;;)
        waitForCommand();
}
