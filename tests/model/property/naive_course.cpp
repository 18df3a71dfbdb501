// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_course.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace exitscope::naive {
namespace {

using Kind = Moment::Kind;

// LTTng may still write ten small events after the first that did not fit.
constexpr std::size_t kDoubtful = 10;

// Where something stands in the order of all events.
struct Place {
    Ns time = 0;
    int phase = 0; // 0: the recording begins; 1: seen from other pCPUs; 2: among the events
    std::int32_t pcpu = kNoPcpu;
    std::size_t stream = 0;
    std::size_t position = 0;
    int side = 0; // -1 before that event, 1 after it
    auto operator<=>(const Place &) const = default;
};
struct Placed {
    Place place;
    Moment moment;
};

// A stretch within a stream by the positions of the events around it.
struct Between {
    std::optional<std::size_t> after;
    std::optional<std::size_t> before;
};

std::optional<std::size_t> eventBefore(std::size_t position)
{
    return position == 0 ? std::nullopt : std::optional(position - 1);
}

// Those without an event between them are one.
std::vector<Between> united(const std::vector<Between> &losses)
{
    std::vector<Between> result;
    for (const Between &loss : losses) {
        const bool goesOn
            = !result.empty() && (!result.back().before || !loss.after || *loss.after < *result.back().before);
        if (!goesOn) {
            result.push_back(loss);
            continue;
        }
        Between &last = result.back();
        if (!loss.after)
            last.after.reset();
        if (last.before)
            last.before = loss.before ? std::optional(std::max(*last.before, *loss.before)) : std::nullopt;
    }
    return result;
}

std::vector<Between> lossesOf(const testing::EventStream &stream)
{
    std::size_t count = 0;
    for (const testing::EventPacket &packet : stream.packets)
        count += packet.events.size();
    const auto eventAt
        = [&](std::size_t position) { return position < count ? std::optional(position) : std::nullopt; };

    std::vector<Between> result;
    std::size_t first = 0;
    for (const testing::EventPacket &packet : stream.packets) {
        const std::size_t size = packet.events.size();
        const std::size_t next = first + size;
        if (packet.packetsLost || packet.eventsLost)
            result.push_back({eventBefore(first), eventAt(first)});
        if (packet.eventsLost && size > kDoubtful)
            result.push_back({next - 1 - kDoubtful, eventAt(next)});
        else if (packet.eventsLost && size > 0)
            result.push_back({eventBefore(first), eventAt(next)});
        first = next;
    }
    return united(result);
}

std::vector<Record> eventsOf(const testing::EventStream &stream)
{
    std::vector<Record> result;
    for (const testing::EventPacket &packet : stream.packets)
        result.insert(result.end(), packet.events.begin(), packet.events.end());
    return result;
}

class CourseOfStreams {
public:
    explicit CourseOfStreams(const testing::EventStreams &streams) : m_streams(streams) { }

    Course result()
    {
        for (std::size_t i = 0; i < m_streams.streams.size(); ++i)
            add(m_streams.streams[i], i);
        std::stable_sort(
            m_placed.begin(), m_placed.end(), [](const Placed &a, const Placed &b) { return a.place < b.place; });
        for (const Placed &placed : m_placed)
            m_course.moments.push_back(placed.moment);
        return std::move(m_course);
    }

private:
    void add(const testing::EventStream &stream, std::size_t index)
    {
        const std::vector<Record> events = eventsOf(stream);
        const auto placeOf = [&](std::size_t position, int side) {
            return Place{events[position].timeNs, 2, stream.pcpu, index, position, side};
        };
        for (std::size_t i = 0; i < events.size(); ++i)
            m_placed.push_back({placeOf(i, 0), {Kind::Event, 0, events[i], events[i].timeNs, stream.pcpu}});
        for (const Between &loss : lossesOf(stream)) {
            const Place atBegin{m_streams.from, 0, stream.pcpu, index, 0, 0};
            const Place begin = loss.after ? placeOf(*loss.after, 1) : atBegin;
            const std::optional<Place> end = loss.before ? std::optional(placeOf(*loss.before, -1)) : std::nullopt;
            const Place seen = loss.after ? Place{begin.time, 1, stream.pcpu, index, 0, 0} : atBegin;
            const std::size_t number = m_course.stretches.size();
            m_course.stretches.push_back(
                {stream.pcpu, begin.time, end ? end->time : kEndOfRecording, stream.declaresSwitches});
            m_placed.push_back({seen, {Kind::LossSeen, number, {}, begin.time, stream.pcpu}});
            m_placed.push_back({begin, {Kind::LossBegins, number, {}, begin.time, stream.pcpu}});
            if (end)
                m_placed.push_back({*end, {Kind::LossEnds, number, {}, end->time, stream.pcpu}});
        }
    }

    const testing::EventStreams &m_streams;
    std::vector<Placed> m_placed;
    Course m_course;
};

} // namespace

Course courseOf(const testing::EventStreams &streams)
{
    return CourseOfStreams(streams).result();
}

} // namespace exitscope::naive
