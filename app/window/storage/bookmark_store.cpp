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

QJsonArray toJson(const std::vector<Bookmark> &bookmarks)
{
    QJsonArray list;
    for (const Bookmark &bookmark : bookmarks)
        list.append(QJsonObject{{QStringLiteral("name"), bookmark.name},
            {QStringLiteral("from_ns"), QString::number(bookmark.range.from)},
            {QStringLiteral("to_ns"), QString::number(bookmark.range.to)}});
    return list;
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
    return change(
        [&](std::vector<Bookmark> &all) {
            const auto before = [](const Bookmark &a, const Bookmark &b) { return a.range.from < b.range.from; };
            all.insert(std::upper_bound(all.begin(), all.end(), bookmark, before), bookmark);
        },
        error);
}

bool BookmarkStore::remove(std::size_t index, QString &error)
{
    return change(
        [removed = m_bookmarks[index]](std::vector<Bookmark> &all) {
            if (const auto at = std::ranges::find(all, removed); at != all.end())
                all.erase(at); // else another window did so
        },
        error);
}

bool BookmarkStore::change(const std::function<void(std::vector<Bookmark> &)> &change, QString &error)
{
    std::vector<Bookmark> next;
    const auto changed = [&](const QJsonArray &list) -> std::optional<QJsonArray> {
        auto now = bookmarksFrom(list);
        if (!now)
            return std::nullopt;
        next = std::move(*now);
        change(next);
        return toJson(next);
    };
    if (!m_file.change(changed, error))
        return false;
    m_bookmarks = std::move(next);
    return true;
}

} // namespace exitscope
