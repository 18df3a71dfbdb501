// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/guest_map_store.h"

#include <QJsonObject>

#include <cmath>

namespace exitscope {

namespace {

QString keyOf(const Recording &recording, std::size_t guest)
{
    return traceKey(recording.traces[recording.guests[guest].traces.front()]);
}

QJsonArray toJson(const ClockMap &map)
{
    QJsonArray pieces;
    for (const ClockPiece &piece : map.pieces()) {
        QJsonObject object{{QStringLiteral("reference_guest_ns"), QString::number(piece.line.referenceGuest)},
            {QStringLiteral("host_at_reference_ns"), QString::number(piece.line.hostAtReference)},
            {QStringLiteral("drift"), piece.line.drift}};
        if (piece.guestFrom != kNoTime)
            object.insert(QStringLiteral("from_guest_ns"), QString::number(piece.guestFrom));
        pieces.append(object);
    }
    return pieces;
}

// Empty if it is none.
ClockMap mapFrom(const QJsonArray &json)
{
    std::vector<ClockPiece> pieces;
    for (const QJsonValue &value : json) {
        const auto guest = timeFromJson(value[QStringLiteral("reference_guest_ns")]);
        const auto host = timeFromJson(value[QStringLiteral("host_at_reference_ns")]);
        const auto from = timeFromJson(value[QStringLiteral("from_guest_ns")]);
        const double drift = value[QStringLiteral("drift")].toDouble(std::nan(""));
        const bool isFirst = pieces.empty();
        if (!guest || !host || !std::isfinite(drift) || isFirst == from.has_value()
            || (!isFirst && pieces.back().guestFrom >= *from))
            return {};
        pieces.push_back({{*guest, *host, drift}, from.value_or(kNoTime), {kNoTime, kNoTime}, {}});
    }
    return pieces.empty() ? ClockMap() : ClockMap(std::move(pieces));
}

} // namespace

QString GuestMapStore::defaultDirectory()
{
    return RecordingFile::defaultDirectory(QStringLiteral("guest-maps"));
}

GuestMapStore::GuestMapStore(const QString &directory)
    : m_file(directory,
        {QStringLiteral("exitscope-guest-maps/1"), QStringLiteral("guests"),
            QStringLiteral("list of accepted clock maps")})
{
}

bool GuestMapStore::open(const Recording &recording, QString &error)
{
    m_maps.clear();
    const std::optional<QJsonArray> list = m_file.open(recording, error);
    if (!list)
        return false;
    auto read = mapsFrom(*list);
    if (!read) {
        error = m_file.refuse();
        return false;
    }
    m_maps = std::move(*read);
    return true;
}

auto GuestMapStore::mapsFrom(const QJsonArray &list) -> std::optional<Maps>
{
    Maps read;
    for (const QJsonValue &value : list) {
        ClockMap map = mapFrom(value[QStringLiteral("map")].toArray());
        if (map.isEmpty())
            return std::nullopt;
        read.insert_or_assign(value[QStringLiteral("trace")].toString(), std::move(map));
    }
    return read;
}

std::map<std::size_t, ClockMap> GuestMapStore::maps(const Recording &recording) const
{
    std::map<std::size_t, ClockMap> found;
    for (std::size_t guest = 0; guest < recording.guests.size(); ++guest)
        if (const auto map = m_maps.find(keyOf(recording, guest)); map != m_maps.end())
            found.emplace(guest, map->second);
    return found;
}

bool GuestMapStore::set(const Recording &recording, std::size_t guest, const ClockMap &map, QString &error)
{
    return change([&](Maps &maps) { maps.insert_or_assign(keyOf(recording, guest), map); }, error);
}

bool GuestMapStore::remove(const Recording &recording, std::size_t guest, QString &error)
{
    const QString key = keyOf(recording, guest);
    return !m_maps.contains(key) || change([&](Maps &maps) { maps.erase(key); }, error);
}

bool GuestMapStore::change(const std::function<void(Maps &)> &change, QString &error)
{
    Maps next;
    const auto changed = [&](const QJsonArray &list) -> std::optional<QJsonArray> {
        auto now = mapsFrom(list);
        if (!now)
            return std::nullopt;
        next = std::move(*now);
        change(next);
        QJsonArray guests;
        for (const auto &[trace, map] : next)
            guests.append(QJsonObject{{QStringLiteral("trace"), trace}, {QStringLiteral("map"), toJson(map)}});
        return guests;
    };
    if (!m_file.change(changed, error))
        return false;
    m_maps = std::move(next);
    return true;
}

} // namespace exitscope
