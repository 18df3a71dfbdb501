// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QThreadPool>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "model/record/stream_teller.h"
#include "model/source/ctf/native_place.h"
#include "model/source/ctf/native_stream.h"
#include "model/source/process/stream_channel.h"
#include "model/source/stream_reader.h"

namespace exitscope {

// Wakes whoever polls for readers.
class WakeUp {
public:
    WakeUp();
    ~WakeUp();
    WakeUp(const WakeUp &) = delete;
    WakeUp &operator=(const WakeUp &) = delete;

    int descriptor() const { return m_descriptor; } // readable once signalled; -1: there is none
    void signal();
    void clear();

private:
    int m_descriptor;
};

// Reads one stream with the native decoder, on threads of a pool: it works only while it was asked for something.
class NativeReader : public StreamReader {
public:
    // The channel is Opening from here on. The threads and `wake` outlive the reader.
    // `isAlone`: no other reader may go on where it refuses.
    NativeReader(StreamChannel &channel, Plain plain, bool isAlone, QThreadPool &threads, WakeUp &wake);
    ~NativeReader() override;

    void send(wire::CommandKind kind, std::uint16_t stream, std::uint32_t value = 0) override;
    // It ends what it is at; the destructor waits for it.
    void stop() { m_stop = true; }
    // Nothing more comes of it: its channel is at its end, or has another reader.
    bool isDone() const;
    // Has the channel accept what came.
    void serve();

    StreamChannel &channel() { return m_channel; }
    // Why it reads no more of it; another reader has to. Empty as long as all is well.
    const QString &refusal() const { return m_refusal; }
    // Where no other one can: what was read before the refusal.
    void acceptRest();

private:
    struct Told { // a frame, or the refusal
        wire::FrameKind kind{};
        std::vector<char> payload{}; // but of Records
        std::vector<Record> records{};
        std::uint64_t bytesRead = 0; // with these
        std::optional<QString> refusal = std::nullopt;
    };

    void schedule(); // with the mutex held
    void work() noexcept;
    void attempt();
    bool goesOn();
    void applyOrders();
    void open();
    void readSome();
    void sendRecords(std::uint64_t bytesRead);
    void finish();
    void refuse(const QString &cause);
    void keepRest();
    void lackMemory() noexcept;
    QString accept(Told told);
    void tell(Told told);

    StreamChannel &m_channel;
    std::shared_ptr<NativePlace> m_place;
    QThreadPool &m_threads;
    WakeUp &m_wake;
    QString m_refusal;

    std::mutex m_mutex;
    std::condition_variable m_idle;
    bool m_isScheduled = false; // the rest up to m_stop, under the mutex
    std::deque<Told> m_told;
    std::uint64_t m_credits = 0;
    bool m_survey = false;
    std::optional<Plain> m_again;
    bool m_isRefused = false;
    bool m_lacksMemory = false; // which is why it is refused
    std::vector<Told> m_rest; // final once the refusal is told

    std::atomic<bool> m_stop = false;
    const bool m_isAlone;

    // Of the thread that works.
    Plain m_plain;
    bool m_isSurveying = false;
    std::shared_ptr<const ctf::StreamData> m_data;
    std::unique_ptr<ctf::NativeStream> m_stream; // null: not begun, or at its end
};

} // namespace exitscope
