// SPDX-License-Identifier: GPL-3.0-or-later
// A reader that breaks the protocol in the way that EXITSCOPE_FAKE_READER names.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
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

constexpr std::uint64_t kConsumed = 1000; // bytes

std::string heartbeat(std::uint64_t steps)
{
    return frame(wire::FrameKind::Heartbeat, raw(steps));
}

// One record, changed.
template <class Change>
std::string oneRecord(const Change &change, std::uint64_t consumed = kConsumed)
{
    Record record;
    record.timeNs = 30;
    record.pcpu = 0;
    change(record);
    return frame(wire::FrameKind::Records, raw(consumed) + raw(record));
}

std::string name(std::uint32_t index, const std::string &text)
{
    return frame(wire::FrameKind::Names, raw(index) + raw(static_cast<std::uint32_t>(text.size())) + text);
}

std::string description()
{
    wire::Description result;
    result.clockFrequency = 1'000'000'000;
    return frame(wire::FrameKind::Description, wire::encode(result));
}

std::string records(const std::vector<Ns> &times, EventKind kind = EventKind::HostProof)
{
    std::string payload = raw(kConsumed);
    for (const Ns time : times) {
        Record record;
        record.timeNs = time;
        record.pcpu = 0;
        record.kind = kind;
        record.tid = 1;
        if (kind == EventKind::ThreadInfo)
            record.thread = {1, 7}; // a name that was not told
        payload += raw(record);
    }
    return frame(wire::FrameKind::Records, payload);
}

template <class Change>
std::string changedSummary(const Change &change)
{
    wire::Summary result;
    result.events = 2;
    result.beginNs = 10;
    result.endNs = 20;
    change(result);
    return frame(wire::FrameKind::Summary, raw(result));
}

std::string summary()
{
    return changedSummary([](wire::Summary &) {});
}

// One field that no reader sends so, by the name of the mode; empty if it names none.
std::string oddFrame(const std::string &mode)
{
    const std::map<std::string, std::function<std::string()>> frames{
        {"odd heartbeat", [] { return frame(wire::FrameKind::Heartbeat, "x"); }},
        {"heartbeat that goes back", [] { return heartbeat(4) + heartbeat(3); }},
        {"records without any", [] { return frame(wire::FrameKind::Records, raw(kConsumed)); }},
        {"partial twice",
            [] {
                const std::string partial
                    = frame(wire::FrameKind::Partial, summary().substr(12, sizeof(wire::Summary)));
                return partial + partial;
            }},
        {"bytes go back", [] { return oneRecord([](Record &) {}, kConsumed - 1); }},
        {"bytes beyond all", [] { return oneRecord([](Record &) {}, ~std::uint64_t(0)); }},
        {"pCPU beyond all", [] { return oneRecord([](Record &r) { r.pcpu = 1 << 30; }); }},
        {"pCPU below all", [] { return oneRecord([](Record &r) { r.pcpu = -2; }); }},
        {"time at the end", [] { return oneRecord([](Record &r) { r.timeNs = kEndOfRecording; }); }},
        {"call not told", [] { return oneRecord([](Record &r) { r.plain.call = 1; }); }},
        {"file not told", [] { return oneRecord([](Record &r) { r.plain.file = 1; }); }},
        {"no bool", [] { return oneRecord([](Record &r) { std::memset(&r.provesHost, 7, 1); }); }},
        {"odd interrupt",
            [] {
                return oneRecord([](Record &r) {
                    r.kind = EventKind::IrqBegin;
                    r.irq.source = IrqSource{9};
                });
            }},
        {"odd vmsync",
            [] {
                return oneRecord([](Record &r) {
                    r.kind = EventKind::Vmsync;
                    r.vmsync = {1, 1, VmsyncPoint{9}};
                });
            }},
        {"switch behind",
            [] {
                return oneRecord([](Record &r) {
                    r.kind = EventKind::NextSwitch;
                    r.nextSwitch.atNs = 29;
                });
            }},
        {"odd blindness",
            [] {
                return oneRecord([](Record &r) {
                    r.kind = EventKind::Blind;
                    r.blind = {7, 0};
                });
            }},
        {"odd thread",
            [] {
                return oneRecord([](Record &r) {
                    r.kind = EventKind::ThreadInfo;
                    r.tid = -5;
                    r.thread = {1, kNoName};
                });
            }},
        {"name told twice", [] { return name(0, "a") + name(0, "b"); }},
        {"endless name", [] { return name(0, std::string(wire::kMaxName + 1, 'x')); }},
        {"endless cause", [] { return frame(wire::FrameKind::Failed, std::string(wire::kMaxCause + 1, 'x')); }},
        {"summary of too many", [] { return changedSummary([](wire::Summary &s) { s.discardedEvents = ~0ull; }); }},
        {"summary of too few", [] { return changedSummary([](wire::Summary &s) { s.events = 1; }); }},
        {"summary of odd kinds", [] { return changedSummary([](wire::Summary &s) { s.richness = ~0u; }); }},
        {"summary of an odd pCPU", [] { return changedSummary([](wire::Summary &s) { s.pcpu = -7; }); }},
        {"summary of an odd switch",
            [] {
                return changedSummary([](wire::Summary &s) {
                    s.beginsWithSwitch = 1;
                    s.switchNs = 9;
                });
            }},
        {"summary backwards", [] { return changedSummary([](wire::Summary &s) { s.endNs = 9; }); }},
    };
    const auto found = frames.find(mode);
    return found == frames.end() ? std::string() : found->second();
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
    put(oddFrame(mode));
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
        put(frame(wire::FrameKind::Heartbeat, raw(std::uint64_t(1)), 5));
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
        put(description());
    else if (mode == "described as itself")
        put(frame(wire::FrameKind::SameDescription, raw(std::uint16_t(0))));
    else if (mode == "described as nothing")
        put(frame(wire::FrameKind::SameDescription, ""));
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
        for (std::uint64_t steps = 1; steps <= 30; ++steps) {
            put(heartbeat(steps));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    if (mode == "too many steps")
        put(heartbeat(1 << 20));
    if (mode == "heartbeats") // alive, and no step further
        for (;;) {
            put(heartbeat(1));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    if (mode == "no clock")
        put(frame(wire::FrameKind::Description, wire::encode({})));
    put(description());
    waitForCommand();
    if (mode == "endless") // whoever takes it runs out of memory
        for (;;) {
            put(records(std::vector<Ns>(wire::kRecordsPerFrame, 30)));
            waitForCommand();
        }
    put(records({10, 20}));
    misbehave(mode == "slow" ? "good" : mode);
    put(summary());
    for (;;)
        waitForCommand();
}
