// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/lossy_shrink.h"

#include <algorithm>
#include <tuple>

namespace exitscope::testing {

namespace {

struct Position {
    Ns time = 0;
    std::size_t stream = 0;
    std::size_t packet = 0;
    std::size_t event = 0;
    auto operator<=>(const Position &) const = default;
};

std::vector<Position> positionsOf(const LossyHost &host)
{
    std::vector<Position> result;
    for (std::size_t s = 0; s < host.streams.size(); ++s) {
        for (std::size_t p = 0; p < host.streams[s].packets.size(); ++p) {
            const auto &events = host.streams[s].packets[p].events;
            for (std::size_t e = 0; e < events.size(); ++e)
                result.push_back({events[e].record.timeNs, s, p, e});
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

// Without the events at [first, end) of its positions.
LossyHost without(const LossyHost &host, std::size_t first, std::size_t end)
{
    LossyHost result = host;
    std::vector<Position> gone = positionsOf(host);
    gone = {gone.begin() + static_cast<std::ptrdiff_t>(first), gone.begin() + static_cast<std::ptrdiff_t>(end)};
    std::sort(gone.begin(), gone.end(), [](const Position &a, const Position &b) { return a.event > b.event; });
    for (const Position &at : gone) {
        auto &events = result.streams[at.stream].packets[at.packet].events;
        events.erase(events.begin() + static_cast<std::ptrdiff_t>(at.event));
    }
    return result;
}

class Shrinking {
public:
    Shrinking(LossyHost host, const std::function<bool(const LossyHost &)> &fails)
        : m_host(std::move(host)), m_fails(fails)
    {
    }

    LossyHost run()
    {
        for (bool smaller = true; smaller;) {
            smaller = false;
            for (std::size_t chunk = 64; chunk > 0; chunk /= 2)
                smaller |= dropChunks(chunk);
            smaller |= dropSwitchPairs();
            smaller |= keepLostEvents();
            smaller |= dropMarks();
            smaller |= dropPackets();
        }
        return std::move(m_host);
    }

private:
    bool tryOut(LossyHost next)
    {
        if (!m_fails(next))
            return false;
        m_host = std::move(next);
        return true;
    }

    bool dropChunks(std::size_t chunk)
    {
        bool smaller = false;
        for (std::size_t at = 0, n = positionsOf(m_host).size(); at < n;) {
            const std::size_t end = std::min(at + chunk, n);
            if (tryOut(without(m_host, at, end))) {
                smaller = true;
                n -= end - at;
            } else {
                at = end;
            }
        }
        return smaller;
    }

    // Two events that need each other: an entry and its exit, a switch away and one back.
    bool dropSwitchPairs()
    {
        const std::size_t n = positionsOf(m_host).size();
        for (std::size_t a = 0; n <= 60 && a < n; ++a) {
            for (std::size_t b = a + 2; b < n; ++b)
                if (tryOut(without(without(m_host, b, b + 1), a, a + 1)))
                    return true;
        }
        return false;
    }

    bool keepLostEvents()
    {
        bool smaller = false;
        for (const Position &at : positionsOf(m_host)) {
            LossyHost next = m_host;
            WrittenPacket &packet = next.streams[at.stream].packets[at.packet];
            if (!packet.unread && std::exchange(packet.events[at.event].lost, false))
                smaller |= tryOut(std::move(next));
        }
        return smaller;
    }

    bool dropMarks()
    {
        bool smaller = false;
        for (std::size_t s = 0; s < m_host.streams.size(); ++s) {
            for (std::size_t p = 0; p < m_host.streams[s].packets.size(); ++p) {
                for (bool WrittenPacket::*mark : {&WrittenPacket::eventsLost, &WrittenPacket::packetsLost}) {
                    LossyHost next = m_host;
                    if (std::exchange(next.streams[s].packets[p].*mark, false))
                        smaller |= tryOut(std::move(next));
                }
            }
        }
        return smaller;
    }

    // Joins packets with those before them, and drops streams without events.
    bool dropPackets()
    {
        bool smaller = false;
        for (std::size_t s = m_host.streams.size(); s-- > 0;) {
            for (std::size_t p = m_host.streams[s].packets.size(); p-- > 1;) {
                LossyHost next = m_host;
                auto &packets = next.streams[s].packets;
                if (packets[p].eventsLost || packets[p].packetsLost)
                    continue;
                packets[p - 1].events.insert(
                    packets[p - 1].events.end(), packets[p].events.begin(), packets[p].events.end());
                packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(p));
                smaller |= tryOut(std::move(next));
            }
            LossyHost next = m_host;
            next.streams.erase(next.streams.begin() + static_cast<std::ptrdiff_t>(s));
            if (m_host.streams[s].packets.size() <= 1)
                smaller |= tryOut(std::move(next));
        }
        return smaller;
    }

    LossyHost m_host;
    const std::function<bool(const LossyHost &)> &m_fails;
};

} // namespace

LossyHost shrunk(LossyHost host, const std::function<bool(const LossyHost &)> &fails)
{
    return Shrinking(std::move(host), fails).run();
}

} // namespace exitscope::testing
