// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/bookmark_store.h"

#include <QJsonObject>

#include <algorithm>

namespace exitscope {

namespace {

std::optional<std::vector<Bookmark>> bookmarksFrom(const QJsonArray &list)
{
    std::vector<Bookmark> read;
    for (const QJsonValue &value : list) {
        const auto from = timeFromJson(value[QStringLiteral("from_ns")]);
        const auto to = timeFromJson(value[QStringLiteral("to_ns")]);
        if (!from || !to || *from > *to)
            return std::nullopt;
        read.push_back({value[QStringLiteral("name")].toString(), {*from, *to}});
    }
    return read;
}

} // namespace

QString BookmarkStore::defaultDirectory()
{
    return RecordingFile::defaultDirectory(QStringLiteral("bookmarks"));
}

BookmarkStore::BookmarkStore(const QString &directory)
    : m_file(directory,
        {QStringLiteral("exitscope-bookmarks/1"), QStringLiteral("bookmarks"), QStringLiteral("list of bookmarks")})
{
}

bool BookmarkStore::open(const Recording &recording, QString &error)
{
    m_bookmarks.clear();
    const std::optional<QJsonArray> list = m_file.open(recording, error);
    if (!list)
        return false;
    auto read = bookmarksFrom(*list);
    if (!read) {
        error = m_file.refuse();
        return false;
    }
    m_bookmarks = std::move(*read);
    return true;
}

bool BookmarkStore::add(const Bookmark &bookmark, QString &error)
{
    std::vector<Bookmark> next = m_bookmarks;
    const auto before = [](const Bookmark &a, const Bookmark &b) { return a.range.from < b.range.from; };
    next.insert(std::upper_bound(next.begin(), next.end(), bookmark, before), bookmark);
    return replace(std::move(next), error);
}

bool BookmarkStore::remove(std::size_t index, QString &error)
{
    std::vector<Bookmark> next = m_bookmarks;
    next.erase(next.begin() + std::ptrdiff_t(index));
    return replace(std::move(next), error);
}

bool BookmarkStore::replace(std::vector<Bookmark> next, QString &error)
{
    QJsonArray list;
    for (const Bookmark &bookmark : next)
        list.append(QJsonObject{{QStringLiteral("name"), bookmark.name},
            {QStringLiteral("from_ns"), QString::number(bookmark.range.from)},
            {QStringLiteral("to_ns"), QString::number(bookmark.range.to)}});
    if (!m_file.write(list, error))
        return false;
    m_bookmarks = std::move(next);
    return true;
}

} // namespace exitscope
