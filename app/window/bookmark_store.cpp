// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bookmark_store.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

#include <algorithm>

#include "app/window/recording_key.h"
#include "app/window/whole_file.h"

namespace exitscope {

namespace {

const QString kSchema = QStringLiteral("exitscope-bookmarks/1");

} // namespace

QString BookmarkStore::defaultDirectory()
{
    return QString(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) % QStringLiteral("/bookmarks"));
}

bool BookmarkStore::open(const Recording &recording, QString &error)
{
    m_bookmarks.clear();
    m_traces = traceKeys(recording);
    m_file = QDir(m_directory).filePath(recordingFileName(m_traces));
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
        const auto from = timeFromJson(value[QStringLiteral("from_ns")]);
        const auto to = timeFromJson(value[QStringLiteral("to_ns")]);
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
