// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/clock_map.h"

#include <algorithm>
#include <cmath>

#include "model/record/far_time.h"

namespace exitscope {

namespace {

constexpr Ns kStep = 500'000; // no change of rate is taken for one, and no setting of a clock is less

// To the nearest. Millions of events ask for it, and std::llround() is a call.
Ns rounded(double ns)
{
    return static_cast<Ns>(ns + std::copysign(0.5, ns));
}

} // namespace

Ns ClockLine::toHost(Ns guest) const
{
    const Ns since = elapsed(referenceGuest, guest);
    return shifted(shifted(hostAtReference, since), rounded(double(since) * drift));
}

Ns ClockLine::toGuest(Ns host) const
{
    const Ns since = elapsed(hostAtReference, host);
    const Ns drifted = std::llround(static_cast<long double>(since) * drift / (1.0L + drift));
    return elapsed(drifted, shifted(referenceGuest, since));
}

std::optional<TimeRange> ClockPiece::bounds(Ns guest) const
{
    if (corners.empty())
        return std::nullopt;
    const Ns ns = elapsed(line.referenceGuest, guest);
    const auto since = static_cast<long double>(ns);
    long double low = 0;
    long double high = 0;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const long double at = since * corners[i].drift + corners[i].offsetNs;
        low = i == 0 ? at : std::min(low, at);
        high = i == 0 ? at : std::max(high, at);
    }
    const Ns plain = shifted(line.hostAtReference, ns);
    constexpr long double kRounding = 1e-3L; // of the corners' own numbers
    return TimeRange{shifted(plain, static_cast<Ns>(std::floor(low + kRounding))),
        shifted(plain, static_cast<Ns>(std::ceil(high - kRounding)))};
}

std::size_t ClockMap::pieceAt(Ns guest) const
{
    const auto next = std::upper_bound(
        m_pieces.begin() + 1, m_pieces.end(), guest, [](Ns t, const ClockPiece &piece) { return t < piece.guestFrom; });
    return std::size_t(next - m_pieces.begin()) - 1;
}

Ns ClockMap::toGuest(Ns host) const
{
    for (std::size_t i = m_pieces.size(); i-- > 1;) {
        const Ns guest = m_pieces[i].line.toGuest(host);
        if (guest >= m_pieces[i].guestFrom)
            return guest;
    }
    const Ns guest = m_pieces.front().line.toGuest(host);
    // In a gap of a step forward nothing of the guest is: its border.
    return m_pieces.size() > 1 ? std::min(guest, m_pieces[1].guestFrom) : guest;
}

std::optional<TimeRange> ClockMap::bounds(Ns guest) const
{
    std::optional<TimeRange> all;
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        const bool begun = i == 0 || guest > m_pieces[i].breakWithin.from || guest >= m_pieces[i].breakWithin.to;
        const bool ended = i + 1 < m_pieces.size() && guest >= m_pieces[i + 1].breakWithin.to;
        if (!begun || ended)
            continue;
        const auto own = m_pieces[i].bounds(guest);
        if (!own)
            return std::nullopt;
        all = all ? TimeRange{std::min(all->from, own->from), std::max(all->to, own->to)} : *own;
    }
    return all;
}

std::optional<Ns> ClockMap::uncertainty(Ns guest) const
{
    const auto between = bounds(guest);
    if (!between)
        return std::nullopt;
    const Ns at = toHost(guest);
    return std::max({Ns(0), at - between->from, between->to - at});
}

bool ClockMap::isStep(std::size_t piece) const
{
    if (piece == 0)
        return false;
    const Ns at = m_pieces[piece].guestFrom;
    return std::abs(m_pieces[piece].line.toHost(at) - m_pieces[piece - 1].line.toHost(at)) >= kStep;
}

std::vector<Ns> ClockMap::extremes(TimeRange guest) const
{
    std::vector<Ns> times{guest.from, guest.to};
    for (std::size_t i = 1; i < m_pieces.size(); ++i) {
        const ClockPiece &piece = m_pieces[i];
        const TimeRange &within = piece.breakWithin;
        times.insert(times.end(), {within.from, within.to});
        if (!isStep(i))
            times.insert(times.end(), {within.from + 1, piece.guestFrom - 1, piece.guestFrom, within.to - 1});
    }
    for (Ns &time : times)
        time = std::clamp(time, guest.from, guest.to);
    return times;
}

std::optional<Ns> ClockMap::uncertainty(TimeRange guest) const
{
    Ns largest = 0;
    for (const Ns time : extremes(guest)) {
        const auto here = uncertainty(time);
        if (!here)
            return std::nullopt;
        largest = std::max(largest, *here);
    }
    return largest;
}

TimeRange overlapOf(const ClockMap &map, TimeRange guestRange, TimeRange hostRange)
{
    const Ns from = std::max(guestRange.from, map.toGuest(hostRange.from));
    return {from, std::max(from, std::min(guestRange.to, map.toGuest(hostRange.to)))};
}

ClockMap ClockMap::shifted(Ns by) const
{
    std::vector<ClockPiece> pieces = m_pieces;
    for (ClockPiece &piece : pieces) {
        piece.line.hostAtReference = exitscope::shifted(piece.line.hostAtReference, by);
        piece.corners.clear();
    }
    return ClockMap(std::move(pieces));
}

} // namespace exitscope
