// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/stream_session.h"

#include <algorithm>
#include <exception>
#include <new>
#include <span>

#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr int kStepsPerSlice = 512;
constexpr std::chrono::milliseconds kLongestSilence{100}; // then a frame goes out half full

} // namespace

StreamSession::StreamSession(std::uint16_t number, Plain plain, FrameWriter &writer)
    : m_number(number), m_plain(plain), m_writer(writer)
{
}

template <typename Work>
bool StreamSession::orFail(Work work)
{
    try {
        work();
        return false;
    } catch (const ReadError &error) {
        fail(error.what());
    } catch (const std::bad_alloc &) {
        fail("the reader's memory limit is too small for this stream");
    }
    return true;
}

void StreamSession::open(OpenedBefore &before)
{
    m_isOpen = !orFail([&] { tryOpen(before); });
}

// It reads ahead, which takes long where no sched_switch follows.
void StreamSession::isAlive()
{
    m_writer.did(1);
    m_writer.heartbeatIfDue();
}

void StreamSession::survey()
{
    m_isSurvey = true;
    if (StreamRecorder *of = recorder())
        of->omitRecords();
}

void StreamSession::beginAgain(Plain plain)
{
    if (!canBeginAgain())
        return; // it failed, which was told
    m_plain = plain;
    m_isSurvey = false;
    m_credits = 0;
    m_bytesConsumed = 0;
    m_unsent.clear();
    m_sent = 0;
    m_isRead = false;
    m_isOpen = !orFail([&] { tryBeginAgain(); });
}

bool StreamSession::work()
{
    bool hasSent = false;
    return orFail([&] { hasSent = tryWork(); }) || hasSent;
}

bool StreamSession::tryWork()
{
    const auto now = std::chrono::steady_clock::now;
    if (m_isRead) {
        tellEnd();
        return true;
    }
    if (recordsDue()) {
        sendRecords(bytesConsumed());
        return true;
    }
    if (!hasReady())
        m_turnBegan = now();
    for (int i = 0; i < kStepsPerSlice; ++i) {
        if (!step()) {
            finish();
            return true;
        }
        m_writer.did(1);
        if (recordsDue()) {
            sendRecords(bytesConsumed());
            return true;
        }
    }
    if (hasReady() && !m_isSurvey && now() - m_turnBegan >= kLongestSilence) {
        sendRecords(bytesConsumed());
        return true;
    }
    return false;
}

bool StreamSession::hasReady()
{
    return !m_unsent.empty() || recorder()->ready() > 0;
}

bool StreamSession::recordsDue()
{
    constexpr auto full = static_cast<std::size_t>(wire::kRecordsPerFrame) - StreamRecorder::kMaxRecordsPerStep;
    return !m_unsent.empty() || recorder()->ready() > full;
}

std::uint64_t StreamSession::bytesConsumed()
{
    return m_bytesConsumed = std::max(m_bytesConsumed, bytesRead());
}

// Names of many threads can become known at one event: then it takes several frames.
void StreamSession::sendRecords(std::uint64_t bytesConsumed)
{
    if (m_unsent.empty()) {
        m_writer.names(m_number, recorder()->takeNewNames());
        m_unsent = recorder()->takeReady();
        m_sent = 0;
    }
    const auto left = std::span<const Record>(m_unsent).subspan(m_sent);
    const auto now = left.first(std::min<std::size_t>(left.size(), wire::kRecordsPerFrame));
    m_writer.records(m_number, bytesConsumed, now);
    m_sent += now.size();
    if (m_sent == m_unsent.size())
        m_unsent.clear();
    m_credits -= std::min<std::uint64_t>(m_credits, 1);
    m_turnBegan = std::chrono::steady_clock::now();
}

void StreamSession::finish()
{
    m_isRead = true;
    recorder()->end();
    tellEnd();
}

// What came before stays valid: it goes out first.
void StreamSession::fail(const char *cause)
{
    m_isRead = true;
    m_cause = cause;
    if (StreamRecorder *of = recorder()) {
        try {
            of->end();
        } catch (const std::exception &) {
            // What it could not finish is lost with the rest.
        }
    }
    tellEnd();
}

void StreamSession::tellEnd()
{
    StreamRecorder *const of = recorder();
    if (of && !m_isSurvey && hasReady()) {
        sendRecords(m_cause ? bytesConsumed() : totalBytes());
        if (hasReady())
            return; // with the next credit
    }
    if (m_cause) {
        if (of)
            m_writer.partial(m_number, of->summary());
        m_writer.failed(m_number, *m_cause);
    } else {
        m_writer.summary(m_number, of->summary());
    }
    if (m_cause || !m_isSurvey)
        forget();
    m_isOpen = false;
    close();
}

} // namespace exitscope::reader
