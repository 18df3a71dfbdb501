// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/trace_symbols.h"

#include "model/source/process/kernel_text.h"

namespace exitscope {

QString traceDatOf(const Recording &recording, const GuestTrace &guest)
{
    for (const std::size_t trace : guest.traces)
        if (recording.traces[trace].description.format.starts_with("trace.dat"))
            return recording.traces[trace].path;
    return {};
}

std::shared_ptr<const KernelSymbols> symbolsIn(
    const QString &traceDat, const ReaderOptions &options, QString &fault, CancelFlag cancel)
{
    const ReaderAnswer answer = kallsymsIn(traceDat, options, cancel);
    fault = answer.fault;
    if (!fault.isEmpty() || answer.output.isEmpty())
        return nullptr;
    std::optional<KernelSymbols> symbols = KernelSymbols::parse(answer.output, 0, fault);
    return symbols ? std::make_shared<const KernelSymbols>(std::move(*symbols)) : nullptr;
}

} // namespace exitscope
