// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "model/source/ctf/native_place.h"
#include "model/source/ctf/native_stream.h"
#include "tests/fuzz/input.h"

namespace exitscope::fuzz {

namespace {

bool compile(const ctf::Trace &trace, const ctf::StreamClass &stream)
{
    try {
        const ctf::StreamLayout &layout = trace.stream(stream.id);
        require(layout.stream == &stream, "a stream is compiled to a layout of its own");
        const wire::Description description = ctf::describe(trace, stream);
        require(description.clockFrequency > 0, "a clock goes on");
        require(std::ranges::is_sorted(description.events), "events are told in the order of their names");
        const std::string told = wire::encode(description);
        require(wire::encode(wire::decodeDescription(told)) == told, "a description arrives as it was told");
        return true;
    } catch (const ctf::CtfError &) {
        return false; // it is of none of the kinds that the decoder reads
    }
}

} // namespace

std::size_t readMetadata(Bytes bytes)
{
    writeInput("metadata", bytes);
    NativeTrace place(QString::fromStdString(inputDirectory()));
    place.isForLibrary();
    try {
        const std::shared_ptr<const ctf::Trace> trace = place.get();
        std::size_t compiled = 0;
        for (const auto &[id, stream] : trace->traceClass().streams)
            compiled += compile(*trace, stream) ? 1 : 0;
        return compiled;
    } catch (const ctf::CtfError &error) {
        require(*error.what() != '\0', "a refusal says why");
        return 0;
    }
}

} // namespace exitscope::fuzz
