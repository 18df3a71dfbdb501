// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sync_json.h"

#include <algorithm>

#include "app/cli/json_writer.h"

namespace exitscope {

namespace {

void addMap(JsonWriter &json, const GuestAlignment &alignment)
{
    using Integer = std::optional<std::int64_t>;
    const bool isShown = alignment.verdict != SyncVerdict::None && !alignment.map.isEmpty();
    Ns reference = 0;
    ClockLine line;
    Integer lowest, highest, estimated;
    if (isShown) {
        reference = alignment.reference();
        const auto &pieces = alignment.map.pieces();
        const auto next
            = std::ranges::upper_bound(pieces.begin() + 1, pieces.end(), reference, {}, &ClockPiece::guestFrom);
        line = (next - 1)->line.at(reference);
        if (const auto bounds = alignment.map.bounds(reference)) {
            lowest = bounds->from - reference;
            highest = bounds->to - reference;
        }
        if (!alignment.estimate.isEmpty())
            estimated = alignment.estimate.toHost(reference) - reference;
    }
    const auto shown = [isShown](std::int64_t value) { return isShown ? Integer(value) : std::nullopt; };
    const auto decimal = [isShown](double value) { return isShown ? std::optional(value) : std::nullopt; };
    json.key("scale").decimal(decimal(1 + line.drift), 15);
    json.key("offset_ns").integer(shown(line.hostAtReference - reference));
    json.key("reference_guest_ns").integer(shown(reference));
    json.key("host_at_reference_ns").integer(shown(line.hostAtReference));
    json.key("drift_ppm").decimal(decimal(line.ppm()), 6);
    json.key("uncertainty_ns").integer(isShown ? Integer(alignment.uncertainty()) : std::nullopt);
    json.key("lowest_offset_ns").integer(lowest);
    json.key("highest_offset_ns").integer(highest);
    json.key("estimated_offset_ns").integer(estimated);
}

} // namespace

QByteArray syncJson(const Recording &recording, const Alignments &alignments)
{
    JsonWriter json;
    json.beginArray();
    for (const GuestAlignment &alignment : alignments.guests) {
        const bool isShown = alignment.verdict != SyncVerdict::None && alignment.vm;
        json.beginObject();
        json.key("guest").text(recording.guests[alignment.guest].path);
        if (isShown)
            json.key("vm").text(recording.hosts[alignment.vm->host].vms[alignment.vm->vm].name);
        else
            json.key("vm").integer(std::nullopt);
        json.key("method").text(methodName(isShown ? alignment.method : SyncMethod::None));
        addMap(json, alignment);
        json.key("contained").integer(alignment.containment.contained);
        json.key("events").integer(alignment.containment.known);
        json.key("verdict").text(verdictName(alignment.verdict));
        json.endObject();
    }
    json.endArray();
    return json.result();
}

} // namespace exitscope
