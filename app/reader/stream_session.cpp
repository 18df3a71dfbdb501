// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/stream_session.h"

#include <algorithm>
#include <new>
#include <utility>

#include "app/reader/cut_files.h"
#include "app/reader/fixed_files.h"
#include "app/reader/metadata_check.h"
#include "app/reader/stream_description.h"

namespace exitscope::reader {

namespace {

constexpr int kMessagesPerSlice = 512;
constexpr std::chrono::milliseconds kLongestSilence{100}; // then a frame goes out half full

} // namespace

StreamSession::StreamSession(
    std::uint16_t number, std::string directory, std::string file, Plain plain, FrameWriter &writer)
    : m_number(number), m_directory(std::move(directory)), m_file(std::move(file)), m_plain(plain), m_writer(writer)
{
}

void StreamSession::open(SharedTrace &shared)
{
    try {
        tryOpen(shared);
    } catch (const ReadError &error) {
        fail(error.what());
    } catch (const std::bad_alloc &) {
        fail("the reader's memory limit is too small for this stream");
    }
}

void StreamSession::tryOpen(SharedTrace &shared)
{
    if (m_file.empty()) {
        noteCuts(m_directory);
        noteFixes(m_directory);
    }
    m_progress = std::make_unique<FileProgress>(m_directory, m_file);
    if (m_file.empty())
        checkMetadata(m_directory + "/metadata");
    if (m_progress->totalBytes() == 0)
        throw ReadError(m_progress->empty() ? "there is no stream file" : "the stream file is empty");
    m_stream = m_file.empty() ? openAlone() : shared.take(m_directory, m_file);
    const bt_message *first = m_stream->first;
    if (!first || bt_message_get_type(first) != BT_MESSAGE_TYPE_STREAM_BEGINNING)
        throw ReadError("the stream holds no packet");
    const bt_stream *stream = bt_message_stream_beginning_borrow_stream_const(first);
    const bt_stream_class *streamClass = bt_stream_borrow_class_const(stream);
    if (!bt_stream_class_borrow_default_clock_class_const(streamClass))
        throw ReadError(
            "the stream has no clock, so its events have no times; record with a tracer that writes them, as "
            "LTTng and perf do");
    m_trace = m_stream->trace;
    m_streamOfTrace = m_stream->number;
    makeDecoder();
    if (m_file.empty() && !m_progress->hasIndex()) {
        try {
            m_range = m_trace->queryRange();
        } catch (const ReadError &) {
            // Only the progress shown depends on it.
        }
    }
    const auto [described, isNew] = m_trace->described.try_emplace(streamClass, m_number);
    if (isNew)
        m_writer.description(m_number, wire::encode(describe(stream)));
    else
        m_writer.sameDescription(m_number, described->second);
}

void StreamSession::makeDecoder()
{
    const bt_stream_class *streamClass
        = bt_stream_borrow_class_const(bt_message_stream_beginning_borrow_stream_const(m_stream->first));
    m_decoder = std::make_unique<EventDecoder>(
        *m_stream, streamClass, EventDecoder::Options{.plain = m_plain, .alive = [this] { isAlive(); }});
}

// It reads ahead, which takes long where no sched_switch follows.
void StreamSession::isAlive()
{
    m_writer.did(1);
    m_writer.heartbeatIfDue();
}

std::unique_ptr<CtfStream> StreamSession::openAlone() const
{
    const auto trace = std::make_shared<CtfTrace>(m_directory);
    if (trace->streams() > 1)
        throw ReadError("the files belong to several streams");
    auto stream = std::make_unique<CtfStream>(trace, 0);
    if (!knowsCuts(m_directory))
        throw ReadError("it ends inside a packet, and this version of libbabeltrace2 reads no part of a file");
    return stream;
}

void StreamSession::survey()
{
    m_survey = true;
    if (m_decoder)
        m_decoder->omitRecords();
}

void StreamSession::beginAgain(Plain plain)
{
    if (!m_trace)
        return; // it failed, which was told
    m_plain = plain;
    m_survey = false;
    m_credits = 0;
    m_bytesConsumed = 0;
    try {
        m_decoder.reset();
        m_stream = std::make_unique<CtfStream>(m_trace, m_streamOfTrace);
        if (!m_stream->first || bt_message_get_type(m_stream->first) != BT_MESSAGE_TYPE_STREAM_BEGINNING)
            throw ReadError("the stream holds no packet any more");
        makeDecoder();
    } catch (const ReadError &error) {
        fail(error.what());
    } catch (const std::bad_alloc &) {
        fail("the reader's memory limit is too small for this stream");
    }
}

bool StreamSession::work()
{
    try {
        return tryWork();
    } catch (const ReadError &error) {
        fail(error.what());
    } catch (const std::bad_alloc &) {
        fail("the reader's memory limit is too small for this stream");
    }
    return true;
}

bool StreamSession::tryWork()
{
    const auto now = std::chrono::steady_clock::now;
    if (m_decoder->ready() == 0)
        m_turnBegan = now();
    for (int i = 0; i < kMessagesPerSlice; ++i) {
        const bt_message *message = m_stream->messages->next();
        if (!message) {
            finish();
            return true;
        }
        m_decoder->message(message);
        m_writer.did(1);
        if (recordsDue()) {
            sendRecords(bytesConsumed());
            return true;
        }
    }
    if (m_decoder->ready() > 0 && !m_survey && now() - m_turnBegan >= kLongestSilence) {
        sendRecords(bytesConsumed());
        return true;
    }
    return false;
}

bool StreamSession::recordsDue() const
{
    constexpr auto full = static_cast<std::size_t>(wire::kRecordsPerFrame) - StreamRecorder::kMaxRecordsPerStep;
    return m_decoder->ready() > full;
}

std::uint64_t StreamSession::bytesConsumed()
{
    const std::uint64_t total = m_progress->totalBytes();
    std::uint64_t bytes = 0;
    if (m_progress->hasIndex()) {
        bytes = m_progress->bytesRead(m_decoder->summary().packets, m_decoder->lastCycles());
    } else if (m_range.second > m_range.first) {
        const auto length = static_cast<double>(m_range.second - m_range.first);
        const auto done = static_cast<double>(m_decoder->summary().endNs - m_range.first);
        bytes = static_cast<std::uint64_t>(static_cast<double>(total) * std::clamp(done / length, 0.0, 1.0));
    }
    return m_bytesConsumed = std::max(m_bytesConsumed, bytes);
}

void StreamSession::sendRecords(std::uint64_t bytesConsumed)
{
    m_writer.names(m_number, m_decoder->takeNewNames());
    m_writer.records(m_number, bytesConsumed, m_decoder->takeReady());
    m_credits -= std::min<std::uint64_t>(m_credits, 1);
    m_turnBegan = std::chrono::steady_clock::now();
}

void StreamSession::finish()
{
    m_decoder->end();
    if (m_decoder->ready() > 0 && !m_survey)
        sendRecords(m_progress->totalBytes());
    m_writer.summary(m_number, m_decoder->summary());
    if (!m_survey)
        m_trace.reset();
    close();
}

// What came before stays valid: it goes out first.
void StreamSession::fail(const char *cause)
{
    if (m_decoder) {
        try {
            m_decoder->end();
        } catch (const std::exception &) {
            // What it could not finish is lost with the rest.
        }
        if (m_decoder->ready() > 0 && !m_survey)
            sendRecords(bytesConsumed());
    }
    if (m_decoder)
        m_writer.partial(m_number, m_decoder->summary());
    m_writer.failed(m_number, cause);
    m_trace.reset();
    close();
}

void StreamSession::close()
{
    m_decoder.reset();
    m_stream.reset();
}

} // namespace exitscope::reader
