// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/file_copies.h"

#include <QFile>

#include <algorithm>
#include <map>
#include <tuple>

#include "model/source/file_access.h"
#include "model/source/packet_mark.h"

namespace exitscope {

namespace {

constexpr qint64 kChunk = 1 << 20;

bool repeats(const CopyCandidate &copy, const CopyCandidate &original, CancelFlag cancel)
{
    QFile a;
    QFile b;
    if (!original.head.startsWith(copy.head) || !openForReading(a, copy.path) || !openForReading(b, original.path))
        return false;
    for (qint64 left = copy.size; left > 0;) {
        if (isCancelled(cancel))
            return false;
        const QByteArray chunk = a.read(std::min(left, kChunk));
        if (chunk.isEmpty() || chunk != b.read(chunk.size()))
            return false;
        left -= chunk.size();
    }
    return true;
}

// Who of several alike is the original: the longest, the one that the tracer's index knows, the plainest name.
bool isRather(const CopyCandidate &a, const CopyCandidate &b)
{
    const auto rank = [](const CopyCandidate &c) { return std::tuple(-c.size, !c.hasIndex, c.path.size(), c.path); };
    return rank(a) < rank(b);
}

} // namespace

std::vector<std::pair<QString, QString>> takeCopies(std::vector<CopyCandidate> &files, CancelFlag cancel)
{
    std::map<QByteArray, std::vector<const CopyCandidate *>> alike;
    for (const CopyCandidate &file : files)
        alike[file.head].push_back(&file);
    std::vector<std::pair<QString, QString>> copies;
    for (auto &[head, group] : alike) {
        if (!beginsWithPacketMagic(head))
            continue; // what is zeroed or damaged in the same way is no copy
        std::sort(group.begin(), group.end(), [](const auto *a, const auto *b) { return isRather(*a, *b); });
        std::vector<const CopyCandidate *> originals;
        for (const CopyCandidate *file : group) {
            const auto original = std::find_if(originals.begin(), originals.end(),
                [&](const CopyCandidate *other) { return repeats(*file, *other, cancel); });
            if (original != originals.end())
                copies.emplace_back(file->path, (*original)->path);
            else
                originals.push_back(file);
        }
    }
    std::erase_if(files, [&](const CopyCandidate &file) {
        return std::any_of(copies.begin(), copies.end(), [&](const auto &copy) { return copy.first == file.path; });
    });
    return copies;
}

} // namespace exitscope
