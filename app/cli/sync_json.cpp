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
        line = alignment.map.pieces()[alignment.map.pieceAt(reference)].line.at(reference);
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

// In the order of LineRegions::regions; of very many the first.
void addRegions(JsonWriter &json, const GuestAlignment &alignment)
{
    constexpr std::size_t kMostTold = 100;
    const LineRegions regions = alignment.regionsAt(alignment.map.isEmpty() ? 0 : alignment.reference());
    const bool isKnown = alignment.verdict != SyncVerdict::None && regions.size() > 0;
    json.key("regions");
    json.beginObject();
    json.key("count").integer(
        isKnown && regions.isComplete ? std::optional(std::int64_t(regions.size())) : std::nullopt);
    json.key("bounds");
    json.beginArray();
    for (std::size_t i = 0; isKnown && i < std::min(regions.size(), kMostTold); ++i) {
        const Ns reference = alignment.reference();
        const auto bounds = regions.regions[i].piece.bounds(reference);
        json.beginObject();
        json.key("from_ns").integer(bounds ? std::optional(bounds->from - reference) : std::nullopt);
        json.key("to_ns").integer(bounds ? std::optional(bounds->to - reference) : std::nullopt);
        json.endObject();
    }
    json.endArray();
    json.endObject();
}

} // namespace

void addSync(JsonWriter &json, const Recording &recording, const GuestAlignment &alignment)
{
    const bool isShown = alignment.verdict != SyncVerdict::None && alignment.vm;
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
    addRegions(json, alignment);
}

QByteArray syncJson(const Recording &recording, const Alignments &alignments)
{
    JsonWriter json;
    json.beginArray();
    for (const GuestAlignment &alignment : alignments.guests) {
        json.beginObject();
        addSync(json, recording, alignment);
        json.endObject();
    }
    json.endArray();
    return json.result();
}

} // namespace exitscope
