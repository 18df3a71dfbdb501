// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "model/source/ctf/native_stream.h"
#include "model/source/process/frame_checks.h"
#include "tests/fuzz/input.h"

namespace exitscope::fuzz {

namespace {

constexpr std::array kNames{"lttng-compact", "lttng-large", "perf", "ctf2", "big-endian"};
static_assert(kNames.size() == kOwnMetadata);

// Elements that take no room are many in a small input: each event may have some millions.
constexpr int kMostStepsOfOwn = 50;

using TracePtr = std::shared_ptr<const ctf::Trace>;

// Says what is wrong with a known text: it would be nothing but refused.
TracePtr fixedTrace(std::size_t place)
{
    static std::array<TracePtr, kNames.size()> traces;
    if (traces[place])
        return traces[place];
    std::ifstream file(std::string(EXITSCOPE_SOURCE_DIR "/tests/fuzz/metadata/") + kNames[place]);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    try {
        traces[place] = std::make_shared<const ctf::Trace>(text);
    } catch (const ctf::CtfError &error) {
        require(false, error.what());
    }
    return traces[place];
}

// The first bytes of the rest, and without them; fewer if there are not so many.
Bytes taken(Bytes &rest, std::size_t count)
{
    const Bytes first = rest.first(std::min(count, rest.size()));
    rest = rest.subspan(first.size());
    return first;
}

std::size_t takenLength(Bytes &rest)
{
    const Bytes bytes = taken(rest, 2);
    return bytes.size() < 2 ? 0 : bytes[0] | static_cast<std::size_t>(bytes[1]) << 8;
}

struct Input {
    TracePtr trace;
    std::vector<ctf::StreamFile> files;
    std::uint64_t bytes = 0; // of the files
    bool isOwn = false;
};

Input inputOf(Bytes bytes)
{
    Input input;
    const Bytes choice = taken(bytes, 1);
    const std::uint8_t chosen = choice.empty() ? 0 : choice[0];
    const auto kind = static_cast<std::uint8_t>(chosen % (kOwnMetadata + 1));
    input.isOwn = kind == kOwnMetadata;
    if (input.isOwn) {
        const Bytes text = taken(bytes, takenLength(bytes));
        input.trace = std::make_shared<const ctf::Trace>(
            std::string_view(reinterpret_cast<const char *>(text.data()), text.size()));
    } else {
        input.trace = fixedTrace(kind);
    }
    const Bytes first = taken(bytes, chosen >= kTwoFiles ? takenLength(bytes) : bytes.size());
    input.files.push_back({writeInput("stream_0", first), first.size()});
    if (chosen >= kTwoFiles)
        input.files.push_back({writeInput("stream_1", bytes), bytes.size()});
    input.bytes = first.size() + (chosen >= kTwoFiles ? bytes.size() : 0);
    return input;
}

// Follows what is told of a stream, as those who take it in do.
class Listener {
public:
    explicit Listener(std::uint64_t bytes) : m_bytes(bytes) { }

    void take(StreamRecorder &recorder)
    {
        m_names += namesIn(recorder.takeNewNames());
        for (const Record &record : recorder.takeReady())
            check(record);
    }

    void isAt(std::uint64_t bytesRead)
    {
        require(bytesRead >= m_bytesRead && bytesRead <= m_bytes, "a stream is read once");
        m_bytesRead = bytesRead;
    }

private:
    void check(const Record &record) const
    {
        const QString fault = faultOf(record, m_names);
        require(fault.isEmpty(), qPrintable(QStringLiteral("a record has no fault: ") + fault));
    }

    static std::size_t namesIn(std::string_view payload)
    {
        std::size_t names = 0;
        while (!payload.empty()) {
            std::uint32_t length = 0;
            require(payload.size() >= 2 * sizeof length, "a name has an index and a length");
            std::memcpy(&length, payload.data() + sizeof length, sizeof length);
            require(length <= wire::kMaxName, "a name is no longer than any");
            payload.remove_prefix(2 * sizeof length + length);
            ++names;
        }
        return names;
    }

    std::uint64_t m_bytes;
    std::uint64_t m_bytesRead = 0;
    std::size_t m_names = 0;
};

struct Outcome {
    wire::Summary summary;
    bool isWhole = false;
};

Outcome read(const std::shared_ptr<const ctf::StreamData> &data, const Input &input, Plain plain, bool isSurvey)
{
    const std::atomic<bool> stop = false;
    ctf::NativeStream stream(data, plain, stop);
    if (isSurvey)
        stream.omitRecords();
    Listener listener(input.bytes);
    Outcome outcome;
    try {
        bool goesOn = true;
        for (int steps = 0; goesOn && (!input.isOwn || steps < kMostStepsOfOwn); ++steps) {
            goesOn = stream.step();
            listener.take(stream.recorder());
            listener.isAt(stream.bytesRead());
        }
        outcome.isWhole = true;
    } catch (const ctf::CtfError &) {
        try {
            stream.recorder().end(); // for what came before, as NativeReader does it
        } catch (const ctf::CtfError &) {
            // What it could not finish is lost with the rest.
        }
        listener.take(stream.recorder());
        listener.isAt(stream.bytesRead());
    }
    outcome.summary = stream.recorder().summary();
    return outcome;
}

bool isSame(const Outcome &a, const Outcome &b)
{
    const auto counts = [](const wire::Summary &summary) {
        return std::array{summary.events, summary.discardedEvents, summary.discardedPackets, summary.uncountedLosses,
            summary.repeatedEvents, summary.packets, summary.stepsBack, static_cast<std::uint64_t>(summary.beginNs),
            static_cast<std::uint64_t>(summary.endNs), static_cast<std::uint64_t>(summary.richness),
            static_cast<std::uint64_t>(summary.pcpu)};
    };
    return a.isWhole == b.isWhole && (!a.isWhole || counts(a.summary) == counts(b.summary));
}

} // namespace

std::span<const char *const> metadataNames()
{
    return kNames;
}

std::uint64_t readPackets(Bytes bytes)
{
    try {
        const Input input = inputOf(bytes);
        const std::atomic<bool> stop = false;
        const auto data = std::make_shared<const ctf::StreamData>(input.trace, input.files, stop);
        const Outcome survey = read(data, input, Plain::FirstProofs, true);
        for (const Plain plain : {Plain::FirstProofs, Plain::AllProofs, Plain::All})
            require(isSame(read(data, input, plain, false), survey), "a survey counts what is read");
        return survey.isWhole ? survey.summary.events : 0;
    } catch (const ctf::CtfError &) {
        return 0; // it is no stream of that trace
    }
}

} // namespace exitscope::fuzz
