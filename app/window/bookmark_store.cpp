// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bookmark_store.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

#include <algorithm>

#include "app/window/whole_file.h"

namespace exitscope {

namespace {

const QString kSchema = QStringLiteral("exitscope-bookmarks/1");

QStringList tracesOf(const Recording &recording)
{
    QStringList traces;
    for (const TraceInfo &trace : recording.traces)
        if (trace.used)
            traces.append(QString(QFileInfo(trace.path).absoluteFilePath() % QLatin1Char(' ')
                % QString::fromStdString(trace.description.traceUuid)));
    traces.sort();
    return traces;
}

QString fileName(const QStringList &traces)
{
    const QByteArray key = traces.join(QLatin1Char('\n')).toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex();
    return QString(QString::fromLatin1(hash.left(32)) % QStringLiteral(".json"));
}

// As text: JSON numbers are doubles, which hold no ns of the trace clock.
std::optional<Ns> timeFrom(const QJsonValue &value)
{
    bool ok = false;
    const Ns time = value.toString().toLongLong(&ok);
    return ok ? std::optional(time) : std::nullopt;
}

} // namespace

QString BookmarkStore::defaultDirectory()
{
    return QString(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) % QStringLiteral("/bookmarks"));
}

bool BookmarkStore::open(const Recording &recording, QString &error)
{
    m_bookmarks.clear();
    m_traces = tracesOf(recording);
    m_file = QDir(m_directory).filePath(fileName(m_traces));
    QFile file(m_file);
    if (!file.exists())
        return true;
    if (!file.open(QIODevice::ReadOnly)) {
        error = QStringLiteral("%1: bookmarks cannot be read: %2").arg(m_file, file.errorString());
        return false;
    }
    if (!parse(file.readAll())) {
        error = QStringLiteral("%1: is no list of bookmarks; move it away to begin a new one").arg(m_file);
        return false;
    }
    return true;
}

bool BookmarkStore::parse(const QByteArray &json)
{
    const QJsonObject root = QJsonDocument::fromJson(json).object();
    if (root.value(QStringLiteral("schema")).toString() != kSchema)
        return false;
    std::vector<Bookmark> read;
    for (const QJsonValue &value : root.value(QStringLiteral("bookmarks")).toArray()) {
        const auto from = timeFrom(value[QStringLiteral("from_ns")]);
        const auto to = timeFrom(value[QStringLiteral("to_ns")]);
        if (!from || !to || *from > *to)
            return false;
        read.push_back({value[QStringLiteral("name")].toString(), {*from, *to}});
    }
    m_bookmarks = std::move(read);
    return true;
}

bool BookmarkStore::add(const Bookmark &bookmark, QString &error)
{
    const auto before = [](const Bookmark &a, const Bookmark &b) { return a.range.from < b.range.from; };
    const auto at = std::upper_bound(m_bookmarks.begin(), m_bookmarks.end(), bookmark, before);
    m_bookmarks.insert(at, bookmark);
    return write(error);
}

bool BookmarkStore::remove(std::size_t index, QString &error)
{
    m_bookmarks.erase(m_bookmarks.begin() + std::ptrdiff_t(index));
    return write(error);
}

bool BookmarkStore::write(QString &error) const
{
    QJsonArray list;
    for (const Bookmark &bookmark : m_bookmarks)
        list.append(QJsonObject{{QStringLiteral("name"), bookmark.name},
            {QStringLiteral("from_ns"), QString::number(bookmark.range.from)},
            {QStringLiteral("to_ns"), QString::number(bookmark.range.to)}});
    const QJsonObject root{{QStringLiteral("schema"), kSchema},
        {QStringLiteral("traces"), QJsonArray::fromStringList(m_traces)}, {QStringLiteral("bookmarks"), list}};
    QDir().mkpath(m_directory);
    return writeWhole(m_file, QJsonDocument(root).toJson(), QStringLiteral("list of bookmarks"), error);
}

} // namespace exitscope
