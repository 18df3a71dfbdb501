// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <babeltrace2/babeltrace.h>

#include "model/record/description.h"
#include "model/record/record.h"

namespace exitscope::reader {

wire::Description describe(const bt_stream *stream);

// Whether the stream (not another one of the trace) can hold events of this kind.
bool declares(const bt_stream_class *streamClass, EventKind kind);

// Whether another channel of the trace can hold events of this kind.
bool declaredElsewhere(const bt_stream_class *streamClass, EventKind kind);

} // namespace exitscope::reader
