// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

#include "model/cancel_flag.h"
#include "model/events/event_feed.h"
#include "model/record/event_answer.h"
#include "model/source/process/reader_options.h"
#include "model/timeline/time_range.h"

namespace exitscope {

struct ReaderQuestion {
    const ReaderOptions &options;
    TimeRange range; // on the trace's own clock
    std::size_t most = 0; // events that anyone wants of all streams
};

// A stream as an exitscope-reader tells it, all at once: no more than is asked for.
class ReaderFeed : public EventFeed {
public:
    // `input`: what names the stream to the reader; empty: nothing does. Blocks until all is there.
    ReaderFeed(const QStringList &input, const ReaderQuestion &question, CancelFlag cancel);

    std::optional<RawEvent> next() override { return m_events.next(); }
    QString fault() const override { return m_fault.isEmpty() ? QString::fromUtf8(m_events.fault().c_str()) : m_fault; }

private:
    QByteArray ask(const QStringList &input, const ReaderQuestion &question, CancelFlag cancel);

    QString m_fault;
    QByteArray m_answer;
    wire::EventAnswer m_events; // of m_answer
};

} // namespace exitscope
