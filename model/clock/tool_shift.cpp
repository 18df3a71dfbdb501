// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/tool_shift.h"

#include <cmath>

namespace exitscope {

namespace {

using wire::HostShift;
__extension__ typedef __int128 Int128; // a multiplier of 64 bits may be that of a clock's counts

// As trace-cmd computes it.
Ns toHost(const HostShift &shift, Ns guest, Ns offset)
{
    const auto scaled = static_cast<Int128>(guest) * static_cast<Int128>(shift.multiplier) >> shift.fractionBits;
    return static_cast<Ns>(scaled) + offset;
}

ClockPiece pieceFrom(const HostShift &shift, Ns from)
{
    const double scale = std::ldexp(static_cast<double>(shift.multiplier), -static_cast<int>(shift.fractionBits));
    return {{shift.atNs, toHost(shift, shift.atNs, shift.offsetNs), scale - 1}, from, {from, from}, {}};
}

} // namespace

// Before the first measurement its offset holds, behind the last one the last one's.
ClockMap shiftMapOf(const wire::Description &description)
{
    const std::vector<HostShift> &shifts = description.hostShifts;
    if (shifts.empty())
        return {};
    std::vector<ClockPiece> pieces{pieceFrom(shifts.front(), kNoTime)};
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        ClockPiece piece = pieceFrom(shifts[i], shifts[i].atNs);
        if (description.shiftsInterpolate && i + 1 < shifts.size() && shifts[i + 1].atNs > shifts[i].atNs)
            piece.line.drift += static_cast<double>(shifts[i + 1].offsetNs - shifts[i].offsetNs)
                / static_cast<double>(shifts[i + 1].atNs - shifts[i].atNs);
        if (piece.line != pieces.back().line.at(piece.line.referenceGuest))
            pieces.push_back(piece);
    }
    return ClockMap(std::move(pieces));
}

} // namespace exitscope
