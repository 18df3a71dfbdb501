// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "model/record/description.h"
#include "model/record/stream_recorder.h"
#include "model/record/switches_ahead.h"
#include "model/source/ctf/stream_cursor.h"

namespace exitscope::ctf {

// What the metadata declares for this stream.
wire::Description describe(const Trace &trace, const StreamClass &stream);

// One stream from its begin: its records and its summary.
class NativeStream {
public:
    // Once `stop` is set it throws: a single step can be long, where it has to look far ahead.
    NativeStream(std::shared_ptr<const StreamData> data, Plain plain, const std::atomic<bool> &stop);

    void omitRecords() { m_recorder.omitRecords(); }
    // Reads one thing more; false at the end. Throws CtfError.
    bool step();
    StreamRecorder &recorder() { return m_recorder; }
    void check() const { m_cursor.check(); } // before what came is taken; throws CtfError
    void letGo() const { m_cursor.letGo(); } // of memory that holds what was read
    std::uint64_t bytesRead() const { return m_cursor.bytesRead(); }

private:
    StreamRecorder::Options options(Plain plain);
    StreamTeller::NextSwitch nextSwitch(std::uint64_t event);
    void lookAhead();
    bool isElsewhere(EventKind kind) const;

    std::shared_ptr<const StreamData> m_data;
    const std::atomic<bool> &m_stop;
    StreamCursor m_cursor;
    std::optional<StreamCursor> m_aheadCursor; // made when first needed
    SwitchesAhead m_ahead;
    StreamRecorder m_recorder;
};

} // namespace exitscope::ctf
