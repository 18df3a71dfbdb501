// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sync_json.h"

#include <QFileInfo>

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
        reference = alignment.overlap.from + alignment.overlap.length() / 2;
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

QString canonical(const QString &path)
{
    const QString result = QFileInfo(path).canonicalFilePath();
    return result.isEmpty() ? path : result;
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

std::optional<AlignOptions> userMaps(
    const std::vector<std::pair<QString, ClockLine>> &maps, const Recording &recording, QString &error)
{
    AlignOptions options;
    for (const auto &[path, line] : maps) {
        const QString dir = canonical(path);
        std::vector<std::size_t> found;
        for (std::size_t g = 0; g < recording.guests.size(); ++g) {
            const bool isBelow = std::ranges::any_of(recording.guests[g].traces, [&](std::size_t t) {
                const QString trace = canonical(recording.traces[t].path);
                return trace == dir || trace.startsWith(dir % QLatin1Char('/'));
            });
            if (isBelow)
                found.push_back(g);
        }
        if (found.size() != 1) {
            error = found.empty()
                ? QStringLiteral("--map: no guest trace that was opened lies at %1").arg(path)
                : QStringLiteral("--map: %1 guests lie below %2; name one").arg(found.size()).arg(path);
            return std::nullopt;
        }
        options.userMaps.insert_or_assign(found.front(), ClockMap(line));
    }
    return options;
}

} // namespace exitscope
