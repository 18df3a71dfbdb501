// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/wanted_symbols.h"

#include <algorithm>

#include "app/common/interrupt_guard.h"
#include "app/common/symbol_files.h"
#include "app/common/trace_symbols.h"
#include "model/causes/symbol_check.h"
#include "model/diagnostic_codes.h"

namespace exitscope {

namespace {

void addThoseOfTraces(const ReaderOptions &reader, const Recording &recording, const AlignOptions &maps,
    GuestSymbols &symbols, Diagnostics &diagnostics)
{
    const auto hasTraceDat = [&](const GuestTrace &guest) { return !traceDatOf(recording, guest).isEmpty(); };
    if (std::ranges::none_of(recording.guests, hasTraceDat))
        return;
    for (const GuestAlignment &guest : alignGuests(recording, maps, &InterruptGuard::flag()).guests) {
        const QString path = traceDatOf(recording, recording.guests[guest.guest]);
        if (path.isEmpty() || !guest.vm || !guest.isAligned() || symbols.of(*guest.vm))
            continue;
        QString fault;
        if (auto found = symbolsIn(path, reader, fault))
            symbols.set(*guest.vm, std::move(found));
        else if (!fault.isEmpty())
            diagnostics.push_back(makeDiagnostic(
                Code::SymbolsUnreadable, QStringLiteral("the guest's symbols in it cannot be used: ") % fault, path));
    }
}

} // namespace

std::optional<GuestSymbols> wantedSymbols(const RecordingChoice &choice, bool isBySymbol, const Recording &recording,
    const AlignOptions &maps, Diagnostics &diagnostics, QString &error)
{
    GuestSymbols symbols;
    const auto given = givenSymbols(choice.symbols, recording, error);
    if (!given)
        return std::nullopt;
    for (const GivenSymbols &of : *given) {
        const std::shared_ptr<const KernelSymbols> read = readSymbols(of.file, error);
        if (!read)
            return std::nullopt;
        for (const VmKey &vm : of.vms)
            symbols.set(vm, read);
    }
    // Whose guest is whose VM takes a search: not for what shows no symbol.
    if (isBySymbol || !choice.symbolNames.isEmpty())
        addThoseOfTraces(choice.load, recording, maps, symbols, diagnostics);
    const Diagnostics shares = tellShares(recording, symbolShares(recording, symbols));
    diagnostics.insert(diagnostics.end(), shares.begin(), shares.end());
    return symbols;
}

} // namespace exitscope
