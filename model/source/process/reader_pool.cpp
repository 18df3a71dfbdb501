// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/reader_pool.h"

#include <QFile>

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include <unistd.h>

#include "model/record/stream_teller.h"
#include "model/source/process/child_process.h"

namespace exitscope {

namespace {

constexpr std::uint32_t kCredits = 4; // frames that a stream may be ahead of the merge
constexpr std::chrono::milliseconds kPollTime{50}; // so soon a cancel is seen

using State = StreamChannel::State;

Plain plainOf(ReadMode mode)
{
    switch (mode) {
    case ReadMode::Host:
        return Plain::FirstProofs;
    case ReadMode::HostAllProofs:
        return Plain::AllProofs;
    case ReadMode::Guest:
        return Plain::All;
    }
    return Plain::FirstProofs;
}

QStringList argumentsOf(const StreamPlace &place)
{
    if (place.cpu)
        return {QStringLiteral("--file"), place.dir, QString::number(*place.cpu)};
    if (place.isShared())
        return {QStringLiteral("--of"), place.dir, place.file};
    return {place.dir};
}

// A quarter of what is free may go to them.
int readersThatMemoryAllows()
{
    constexpr std::int64_t kReaderKib = 32 << 10; // with the metadata of a whole kernel one takes some 25 MB
    constexpr std::int64_t kMost = 128; // each takes three file descriptors
    std::ifstream file("/proc/meminfo");
    std::int64_t freeKib = 0;
    for (std::string line; freeKib == 0 && std::getline(file, line);)
        std::sscanf(line.c_str(), "MemAvailable: %" SCNd64, &freeKib);
    return static_cast<int>(std::min(freeKib / 4 / kReaderKib, kMost));
}

} // namespace

ReaderPool::ReaderPool(const ReaderOptions &options, CancelFlag cancel, std::function<void()> onPump)
    : m_source(options.source), m_program(options.readerProgram.isEmpty() ? readerBesideUs() : options.readerProgram),
      m_memoryBytes(options.readerMemoryBytes), m_hangTimeout(options.hangTimeoutMs),
      m_maxReaders(std::max(1, options.maxReaders)), m_mostKept(readersThatMemoryAllows()), m_cancel(cancel),
      m_onPump(std::move(onPump))
{
}

ReaderPool::~ReaderPool()
{
    closeNatives();
}

void ReaderPool::prepare(const std::vector<StreamChannel *> &streams, ReadMode mode)
{
    pump(std::chrono::milliseconds(0)); // or what died meanwhile would be counted on
    std::erase_if(
        m_processes, [](const auto &process) { return process->isDone(); });
    std::erase_if(m_natives, [](const auto &reader) { return reader->isDone(); });
    std::vector<StreamChannel *> closed;
    std::vector<StreamChannel *> native;
    for (StreamChannel *stream : streams)
        if (!canGoOn(*stream, mode))
            (isForNative(*stream) ? native : closed).push_back(stream);
    startNatives(native, mode);
    if (closed.empty())
        return;
    const std::vector<Unit> units = unitsOf(closed);
    const int wanted = static_cast<int>(units.size());
    makeRoom(wanted, streams);
    const int room = std::max(1, m_maxReaders - working());
    startProcesses(units, std::min(room, wanted), mode);
}

bool ReaderPool::isForNative(const StreamChannel &stream) const
{
    const auto &native = stream.place().native;
    return native && native->refusal.isEmpty() && m_source != SourceChoice::Reader;
}

void ReaderPool::startNatives(const std::vector<StreamChannel *> &streams, ReadMode mode)
{
    for (StreamChannel *stream : streams) {
        m_natives.push_back(std::make_unique<NativeReader>(
            *stream, plainOf(mode), m_source == SourceChoice::Native, m_threads, m_wake));
        stream->m_mode = mode;
    }
}

// What the native decoder could not open, processes open together.
bool ReaderPool::reopenRefused(const std::vector<StreamChannel *> &streams, ReadMode mode)
{
    std::vector<StreamChannel *> refused;
    for (StreamChannel *stream : streams) {
        const auto &native = stream->place().native;
        if (stream->state() == State::Closed && native && !native->refusal.isEmpty())
            refused.push_back(stream);
    }
    if (refused.empty() || isCancelled())
        return false;
    prepare(refused, mode);
    return true;
}

void ReaderPool::serveNatives()
{
    if (m_natives.empty())
        return;
    m_wake.clear();
    std::vector<StreamChannel *> handedOver;
    for (const auto &reader : m_natives) {
        if (reader->isDone())
            continue;
        reader->serve();
        if (!reader->refusal().isEmpty() && takeOver(*reader))
            handedOver.push_back(&reader->channel());
    }
    if (handedOver.empty())
        return;
    std::map<ReadMode, std::vector<Unit>> units;
    for (StreamChannel *stream : handedOver)
        units[stream->m_mode].push_back({stream});
    m_resumed.insert(m_resumed.end(), handedOver.begin(), handedOver.end());
    for (const auto &[mode, ofMode] : units)
        startProcesses(ofMode, std::min(std::max(1, m_maxReaders - working()), static_cast<int>(ofMode.size())), mode);
}

// Whether somebody waits for more of it, so that a process has to go on.
bool ReaderPool::takeOver(NativeReader &reader)
{
    StreamChannel &channel = reader.channel();
    const State state = channel.state();
    channel.place().native->refusal = reader.refusal();
    if (m_source == SourceChoice::Native || !channel.place().native->trace->isForLibrary()) {
        reader.acceptRest();
        channel.m_cause = reader.refusal();
        channel.m_state = State::Failed;
        channel.leaveReader();
        return false;
    }
    channel.leaveReader();
    if (state == State::Opening || state == State::Open) {
        channel.m_state = State::Closed; // whoever wants it opens it again
        return false;
    }
    channel.handOver();
    return !isCancelled();
}

// Has processes go on with what they were handed over, as soon as they have it open.
void ReaderPool::resume()
{
    std::erase_if(
        m_resumed,
        [this](StreamChannel *stream) {
            if (stream->isOver()) {
                stream->m_resumesAs = State::Closed;
                return true;
            }
            if (stream->state() == State::Open) {
                const State as = std::exchange(stream->m_resumesAs, State::Closed);
                if (as == State::Surveying) {
                    startSurvey(*stream);
                    return true;
                }
            }
            if (stream->state() == State::Open || stream->state() == State::Reading)
                request(*stream);
            return stream->state() == State::Reading && stream->m_skips == 0;
        });
}

void ReaderPool::release(const StreamChannel &channel)
{
    std::erase(m_resumed, &channel);
    std::erase_if(
        m_natives, [&](const auto &reader) { return &reader->channel() == &channel; });
    std::erase_if(m_processes, [&](const auto &process) {
        return std::ranges::find(process->channels(), &channel) != process->channels().end();
    });
}

void ReaderPool::closeNatives()
{
    for (const auto &reader : m_natives)
        reader->stop(); // all of them, before the first one is waited for
    m_natives.clear();
}

// Whether its reader has it open, or can begin it again, and tells what is wanted.
bool ReaderPool::canGoOn(StreamChannel &stream, ReadMode mode)
{
    const bool isOpen = stream.state() == State::Open || stream.state() == State::Opening;
    if (isOpen && stream.m_mode == mode)
        return true;
    if (!isOpen && !stream.isKept())
        return false;
    stream.m_reader->send(wire::CommandKind::Again, stream.m_index, static_cast<std::uint32_t>(plainOf(mode)));
    if (!isOpen) {
        stream.forget();
        stream.m_isKept = false;
        stream.m_state = State::Open;
    }
    stream.m_mode = mode;
    return true;
}

void ReaderPool::open(const std::vector<StreamChannel *> &streams, ReadMode mode)
{
    prepare(streams, mode);
    const auto allOpen = [&] {
        return std::none_of(streams.begin(), streams.end(),
            [](const StreamChannel *stream) { return stream->state() == State::Opening; });
    };
    waitUntil(allOpen);
    if (reopenRefused(streams, mode))
        waitUntil(allOpen);
    if (reopenAlone(streams, mode))
        waitUntil(allOpen);
    collectFailures();
}

std::vector<ReaderPool::Unit> ReaderPool::unitsOf(const std::vector<StreamChannel *> &streams)
{
    std::vector<Unit> units;
    std::map<QString, std::size_t> known;
    for (StreamChannel *stream : streams) {
        const auto [at, isNew] = stream->place().isShared() ? known.try_emplace(stream->place().dir, units.size())
                                                            : std::pair{known.end(), true};
        (isNew ? units.emplace_back() : units[at->second]).push_back(stream);
    }
    return units;
}

// A stream whose neighbour ended the reader that they shared gets one of its own.
bool ReaderPool::reopenAlone(const std::vector<StreamChannel *> &streams, ReadMode mode)
{
    std::vector<StreamChannel *> innocent;
    for (StreamChannel *stream : streams) {
        const auto *process = dynamic_cast<const ReaderProcess *>(stream->m_reader);
        if (stream->state() == State::Lost && process && process->channels().size() > 1)
            innocent.push_back(stream);
    }
    if (innocent.empty() || isCancelled())
        return false;
    std::erase_if(
        m_processes, [](const auto &process) { return process->failure() && process->channels().size() > 1; });
    std::vector<Unit> alone;
    for (StreamChannel *stream : innocent)
        alone.push_back({stream});
    startProcesses(alone, static_cast<int>(alone.size()), mode);
    return true;
}

void ReaderPool::startProcesses(const std::vector<Unit> &units, int processes, ReadMode mode)
{
    for (int p = 0; p < processes; ++p) {
        QStringList arguments{QStringLiteral("--memory"), QString::number(m_memoryBytes), QStringLiteral("--parent"),
            QString::number(::getpid())};
        if (mode == ReadMode::HostAllProofs)
            arguments << QStringLiteral("--all-proofs");
        else if (mode == ReadMode::Guest)
            arguments << QStringLiteral("--all-events");
        std::vector<StreamChannel *> channels;
        for (std::size_t i = static_cast<std::size_t>(p); i < units.size(); i += static_cast<std::size_t>(processes)) {
            for (StreamChannel *stream : units[i]) {
                arguments << argumentsOf(stream->place());
                stream->startOver();
                stream->m_mode = mode;
                channels.push_back(stream);
            }
        }
        m_processes.push_back(std::make_unique<ReaderProcess>(std::move(channels)));
        m_processes.back()->start(m_program, arguments);
    }
}

void ReaderPool::survey(const std::vector<StreamChannel *> &streams)
{
    for (StreamChannel *stream : streams) {
        if (stream->state() != State::Open)
            continue;
        startSurvey(*stream);
    }
    waitUntil([&] {
        return std::none_of(streams.begin(), streams.end(),
            [](const StreamChannel *stream) { return stream->state() == State::Surveying || stream->isHandedOver(); });
    });
    collectFailures();
}

void ReaderPool::startSurvey(StreamChannel &channel)
{
    channel.m_state = State::Surveying;
    channel.m_reader->send(wire::CommandKind::Survey, channel.m_index);
}

void ReaderPool::request(StreamChannel &channel)
{
    if (channel.state() == State::Open)
        channel.m_state = State::Reading;
    if (channel.state() != State::Reading)
        return;
    const auto queued = static_cast<std::uint32_t>(channel.m_batches.size());
    if (channel.m_credits + queued >= kCredits)
        return;
    const std::uint32_t more = kCredits - channel.m_credits - queued;
    channel.m_credits += more;
    channel.m_reader->send(wire::CommandKind::Read, channel.m_index, more);
}

bool ReaderPool::waitFor(StreamChannel &channel)
{
    const bool arrived = waitUntil([&] { return channel.hasRecords() || channel.isOver(); });
    collectFailures();
    return arrived;
}

std::vector<Record> ReaderPool::next(StreamChannel &channel)
{
    request(channel);
    if (!waitFor(channel))
        return {};
    std::vector<Record> records = channel.takeRecords();
    request(channel);
    return records;
}

bool ReaderPool::waitUntil(const std::function<bool()> &done)
{
    while (!done()) {
        if (isCancelled())
            return false;
        pump(kPollTime);
    }
    return true;
}

void ReaderPool::pump(std::chrono::milliseconds timeout)
{
    m_fds.clear();
    if (!m_natives.empty())
        m_fds.push_back({m_wake.descriptor(), POLLIN, 0});
    for (const auto &process : m_processes)
        process->addTo(m_fds);
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    ::poll(m_fds.data(), m_fds.size(), static_cast<int>(timeout.count()));
    // A machine that slept, or a debugger, must not make a hang.
    const auto waited = std::min<std::chrono::nanoseconds>(
        timeout, std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin));
    for (const auto &process : m_processes)
        process->serve(waited, m_hangTimeout);
    serveNatives();
    resume();
    if (m_onPump)
        m_onPump();
}

void ReaderPool::collectFailures()
{
    for (auto &process : m_processes) {
        if (!process->failure())
            continue;
        PoolFailure failure{*process->failure(), {}};
        for (StreamChannel *channel : process->channels())
            if (channel->m_reader == process.get() && channel->state() == State::Lost)
                failure.lost.push_back(channel);
        if (!failure.lost.empty())
            m_failures.push_back(std::move(failure));
        process.reset();
    }
    std::erase(m_processes, nullptr);
}

int ReaderPool::working() const
{
    return static_cast<int>(std::ranges::count_if(
        m_processes, [](const auto &process) { return !process->isKept(); }));
}

// Closes idle readers; what they have open must be opened again when it is wanted. Traces are read in about the order
// in which they are opened, so the readers that were started last can be spared longest.
void ReaderPool::makeRoom(int wanted, const std::vector<StreamChannel *> &without)
{
    collectFailures();
    const auto isWanted = [&](const ReaderProcess &process) {
        return std::ranges::any_of(without, [&](const StreamChannel *stream) { return stream->m_reader == &process; });
    };
    std::vector<std::unique_ptr<ReaderProcess>> closed;
    const auto close = [&](int excess, bool kept) {
        for (auto process = m_processes.rbegin(); process != m_processes.rend() && excess > 0; ++process) {
            if (!*process || !(*process)->isIdle() || (*process)->isKept() != kept || isWanted(**process))
                continue;
            (*process)->kill(); // all of them, before the first one is waited for
            closed.push_back(std::move(*process));
            --excess;
        }
    };
    const int busy = working();
    const int kept = static_cast<int>(m_processes.size()) - busy;
    close(busy + wanted - m_maxReaders, false);
    close(kept - m_mostKept, true);
    std::erase(m_processes, nullptr);
}

void ReaderPool::closeAll()
{
    collectFailures();
    closeNatives();
    for (const auto &process : m_processes)
        process->kill(); // all of them, before the first one is waited for
    m_processes.clear();
}

std::vector<pid_t> ReaderPool::pids() const
{
    std::vector<pid_t> pids;
    for (const auto &process : m_processes)
        if (process->isRunning())
            pids.push_back(process->pid());
    return pids;
}

std::vector<PoolFailure> ReaderPool::takeFailures(const std::vector<StreamChannel *> &of)
{
    const auto concernsOthers = [&of](const PoolFailure &failure) {
        return std::ranges::none_of(
            failure.lost, [&of](const StreamChannel *lost) { return std::ranges::find(of, lost) != of.end(); });
    };
    const auto taken = std::stable_partition(m_failures.begin(), m_failures.end(), concernsOthers);
    std::vector<PoolFailure> failures;
    std::move(taken, m_failures.end(), std::back_inserter(failures));
    m_failures.erase(taken, m_failures.end());
    return failures;
}

} // namespace exitscope
