// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/native_reader.h"

#include <cstring>
#include <new>
#include <span>
#include <string>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace exitscope {

namespace {

// Between two looks at what was ordered meanwhile; a step can go over many events.
constexpr int kStepsBetweenLooks = 4096;
constexpr std::uint64_t kBytesBetweenLooks = 1u << 20;

std::vector<char> bytesOf(std::string_view text)
{
    return {text.begin(), text.end()};
}

std::vector<char> bytesOf(const wire::Summary &summary)
{
    std::vector<char> bytes(sizeof summary);
    std::memcpy(bytes.data(), &summary, sizeof summary);
    return bytes;
}

} // namespace

WakeUp::WakeUp() : m_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { }

WakeUp::~WakeUp()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

void WakeUp::signal()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_descriptor, &one, sizeof one); // full: it is signalled
}

void WakeUp::clear()
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(m_descriptor, &count, sizeof count);
}

NativeReader::NativeReader(StreamChannel &channel, Plain plain, bool isAlone, QThreadPool &threads, WakeUp &wake)
    : m_channel(channel), m_place(channel.place().native), m_threads(threads), m_wake(wake), m_isAlone(isAlone),
      m_plain(plain)
{
    m_channel = StreamChannel(m_channel.place());
    m_channel.m_reader = this;
    m_channel.m_state = StreamChannel::State::Opening;
    const std::lock_guard lock(m_mutex);
    m_again = plain; // opens it
    schedule();
}

NativeReader::~NativeReader()
{
    m_stop = true;
    {
        std::unique_lock lock(m_mutex);
        m_idle.wait(lock, [this] { return !m_isScheduled; });
    }
    if (m_channel.m_reader != this)
        return;
    m_channel.leaveReader();
    if (!m_channel.isOver())
        m_channel.m_state = StreamChannel::State::Closed;
}

void NativeReader::schedule()
{
    if (m_isScheduled || m_isRefused)
        return;
    m_isScheduled = true;
    m_threads.start([this] { work(); });
}

void NativeReader::send(wire::CommandKind kind, std::uint16_t, std::uint32_t value)
{
    const std::lock_guard lock(m_mutex);
    if (kind == wire::CommandKind::Read)
        m_credits += value;
    else if (kind == wire::CommandKind::Survey)
        m_survey = true;
    else if (kind == wire::CommandKind::Again) {
        m_again = static_cast<Plain>(value);
        m_credits = 0; // what is ordered from here on is of the new begin
        m_survey = false;
    }
    schedule();
}

bool NativeReader::isDone() const
{
    return m_channel.m_reader != this || (m_channel.isOver() && !m_channel.isKept());
}

void NativeReader::serve()
{
    std::deque<Told> all;
    bool lacksMemory = false;
    {
        const std::lock_guard lock(m_mutex);
        all.swap(m_told);
        lacksMemory = m_lacksMemory;
    }
    for (Told &told : all) {
        if (told.refusal) {
            m_refusal = *told.refusal;
            return;
        }
        m_refusal = accept(std::move(told));
        if (!m_refusal.isEmpty())
            return;
    }
    if (lacksMemory)
        m_refusal = QStringLiteral("there is not enough memory for it");
}

QString NativeReader::accept(Told told)
{
    if (told.kind == wire::FrameKind::Records) {
        m_channel.accept(std::move(told.records), told.bytesRead);
        return {};
    }
    wire::FrameHeader header;
    header.kind = told.kind;
    header.payloadBytes = static_cast<std::uint32_t>(told.payload.size());
    return m_channel.accept({header, std::move(told.payload)});
}

void NativeReader::work() noexcept
{
    while (goesOn()) {
        try {
            attempt();
        } catch (const std::exception &) {
            lackMemory();
        }
    }
}

void NativeReader::attempt()
{
    try {
        applyOrders();
        if (m_stream && !m_stop)
            readSome();
    } catch (const ctf::CtfError &error) {
        refuse(QString::fromUtf8(error.what()));
    }
}

// Whether something is left to do. Else whoever orders something schedules it anew.
bool NativeReader::goesOn()
{
    const std::lock_guard lock(m_mutex);
    const bool hasWork = m_again || (m_stream && (m_survey || m_credits > 0));
    m_isScheduled = hasWork && !m_stop && !m_isRefused;
    if (!m_isScheduled)
        m_idle.notify_all();
    return m_isScheduled;
}

void NativeReader::applyOrders()
{
    std::optional<Plain> again;
    {
        const std::lock_guard lock(m_mutex);
        again = std::exchange(m_again, std::nullopt);
    }
    if (again) {
        m_plain = *again;
        open();
    }
}

void NativeReader::open()
{
    const bool isFirst = !m_data;
    if (isFirst)
        m_data = std::make_shared<const ctf::StreamData>(m_place->trace->get(), m_place->files, m_stop);
    m_stream = std::make_unique<ctf::NativeStream>(m_data, m_plain, m_stop);
    m_isSurveying = false;
    if (isFirst)
        tell({.kind = wire::FrameKind::Description,
            .payload = bytesOf(wire::encode(ctf::describe(m_data->trace(), *m_data->layout().stream)))});
}

// Until a frame is full, or all is read.
void NativeReader::readSome()
{
    constexpr auto kFull = static_cast<std::size_t>(wire::kRecordsPerFrame) - StreamRecorder::kMaxRecordsPerStep;
    {
        const std::lock_guard lock(m_mutex);
        if (m_again)
            return; // what was ordered since is of the new begin
        if (m_survey && !std::exchange(m_isSurveying, true))
            m_stream->omitRecords();
        if (m_credits == 0 && !m_isSurveying)
            return;
    }
    m_stream->letGo();
    StreamRecorder &recorder = m_stream->recorder();
    const std::uint64_t until = m_stream->bytesRead() + kBytesBetweenLooks;
    for (int steps = 0; steps < kStepsBetweenLooks && m_stream->bytesRead() < until; ++steps) {
        if (!m_stream->step()) {
            finish();
            return;
        }
        if (!m_isSurveying && recorder.ready() > kFull) {
            m_stream->check();
            sendRecords(m_stream->bytesRead());
            return;
        }
    }
}

void NativeReader::sendRecords(std::uint64_t bytesRead)
{
    StreamRecorder &recorder = m_stream->recorder();
    if (const std::string names = recorder.takeNewNames(); !names.empty())
        tell({.kind = wire::FrameKind::Names, .payload = bytesOf(names)});
    tell({.kind = wire::FrameKind::Records, .records = recorder.takeReady(), .bytesRead = bytesRead});
}

void NativeReader::finish()
{
    if (!m_isSurveying && m_stream->recorder().ready() > 0)
        sendRecords(m_stream->bytesRead());
    std::vector<char> payload = bytesOf(m_stream->recorder().summary());
    m_stream.reset();
    tell({.kind = wire::FrameKind::Summary, .payload = std::move(payload)});
}

void NativeReader::refuse(const QString &cause)
{
    m_rest.clear();
    if (m_stream && (m_isAlone || !m_place->trace->isForLibrary()))
        keepRest();
    tell({.refusal = cause});
}

// What came before stays valid, for whom no other reader can go on.
void NativeReader::keepRest()
{
    StreamRecorder &recorder = m_stream->recorder();
    try {
        recorder.end();
    } catch (const ctf::CtfError &) {
        // What it could not finish is lost with the rest.
    }
    if (const std::string names = recorder.takeNewNames(); !m_isSurveying && !names.empty())
        m_rest.push_back({.kind = wire::FrameKind::Names, .payload = bytesOf(names)});
    if (!m_isSurveying && recorder.ready() > 0)
        m_rest.push_back(
            {.kind = wire::FrameKind::Records, .records = recorder.takeReady(), .bytesRead = m_stream->bytesRead()});
    m_rest.push_back({.kind = wire::FrameKind::Partial, .payload = bytesOf(recorder.summary())});
}

// Takes none itself.
void NativeReader::lackMemory() noexcept
{
    m_data.reset(); // what it takes may be what is missing
    m_stream.reset();
    m_rest.clear();
    {
        const std::lock_guard lock(m_mutex);
        m_isRefused = m_lacksMemory = true;
    }
    m_wake.signal();
}

void NativeReader::acceptRest()
{
    for (Told &told : m_rest)
        if (!accept(std::move(told)).isEmpty())
            return;
}

void NativeReader::tell(Told told)
{
    {
        const std::lock_guard lock(m_mutex);
        if (told.kind == wire::FrameKind::Records && !told.refusal && m_credits > 0)
            --m_credits;
        m_isRefused = m_isRefused || told.refusal.has_value();
        m_told.push_back(std::move(told));
    }
    m_wake.signal();
}

} // namespace exitscope
