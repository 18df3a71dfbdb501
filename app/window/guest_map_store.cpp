// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/guest_map_store.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

#include <cmath>

#include "app/window/recording_key.h"
#include "app/window/whole_file.h"

namespace exitscope {

namespace {

const QString kSchema = QStringLiteral("exitscope-guest-maps/1");

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
    return QString(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) % QStringLiteral("/guest-maps"));
}

bool GuestMapStore::open(const Recording &recording, QString &error)
{
    m_maps.clear();
    m_traces = traceKeys(recording);
    m_file = QDir(m_directory).filePath(recordingFileName(m_traces));
    QFile file(m_file);
    if (!file.exists())
        return true;
    if (!file.open(QIODevice::ReadOnly)) {
        error = QStringLiteral("%1: accepted clock maps cannot be read: %2").arg(m_file, file.errorString());
        return false;
    }
    if (!parse(file.readAll())) {
        error = QStringLiteral("%1: holds no clock maps; move it away to begin anew").arg(m_file);
        return false;
    }
    return true;
}

bool GuestMapStore::parse(const QByteArray &json)
{
    const QJsonObject root = QJsonDocument::fromJson(json).object();
    if (root.value(QStringLiteral("schema")).toString() != kSchema)
        return false;
    std::map<QString, ClockMap> read;
    for (const QJsonValue &value : root.value(QStringLiteral("guests")).toArray()) {
        ClockMap map = mapFrom(value[QStringLiteral("map")].toArray());
        if (map.isEmpty())
            return false;
        read.insert_or_assign(value[QStringLiteral("trace")].toString(), std::move(map));
    }
    m_maps = std::move(read);
    return true;
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
    m_maps.insert_or_assign(keyOf(recording, guest), map);
    return write(error);
}

bool GuestMapStore::remove(const Recording &recording, std::size_t guest, QString &error)
{
    return m_maps.erase(keyOf(recording, guest)) == 0 || write(error);
}

bool GuestMapStore::write(QString &error) const
{
    QJsonArray guests;
    for (const auto &[trace, map] : m_maps)
        guests.append(QJsonObject{{QStringLiteral("trace"), trace}, {QStringLiteral("map"), toJson(map)}});
    const QJsonObject root{{QStringLiteral("schema"), kSchema},
        {QStringLiteral("traces"), QJsonArray::fromStringList(m_traces)}, {QStringLiteral("guests"), guests}};
    QDir().mkpath(m_directory);
    return writeWhole(m_file, QJsonDocument(root).toJson(), QStringLiteral("accepted clock map"), error);
}

} // namespace exitscope
