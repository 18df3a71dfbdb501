// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/stream_files.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QtEndian>

#include <algorithm>
#include <map>
#include <optional>

#include "model/cancel_flag.h"
#include "model/source/file_access.h"
#include "model/source/file_copies.h"
#include "model/source/metadata_text.h"
#include "model/source/packet_index.h"
#include "model/source/packet_mark.h"

namespace exitscope {

namespace {

using StreamKey = std::pair<quint32, quint64>; // stream id, instance

template <class T>
T read(const char *data, bool bigEndian)
{
    return bigEndian ? qFromBigEndian<T>(data) : qFromLittleEndian<T>(data);
}

std::optional<StreamKey> streamKey(const QByteArray &header, LttngPacketHeader layout)
{
    if (header.size() < kPacketHeaderBytes || read<quint32>(header.constData(), layout.bigEndian) != kPacketMagic)
        return std::nullopt;
    return StreamKey{read<quint32>(header.constData() + 20, layout.bigEndian),
        read<quint64>(header.constData() + 24, layout.bigEndian)};
}

class Finder {
public:
    Finder(const QString &dir, CancelFlag cancel) : m_dir(dir), m_cancel(cancel)
    {
        const QByteArray metadata = readMetadataText(path(QStringLiteral("metadata")));
        m_layout = lttngPacketHeader(metadata);
        m_hasMagic = packetsBeginWithMagic(metadata);
        m_found.metadata = withFrequencies(metadata);
        for (const DirectoryEntry &index : readDirectory(path(QStringLiteral("index")), cancel).entries)
            if (index.info.kind == FileKind::Regular && index.name.endsWith(QLatin1String(".idx")))
                m_indexes.emplace(index.name.chopped(4), index.info.size > kIndexHeaderBytes);
    }

    TraceFiles find();

private:
    QString path(const QString &name) const { return m_dir + QLatin1Char('/') + name; }
    void entry(const DirectoryEntry &entry);
    void noFile(const DirectoryEntry &entry);
    void unreadable(const QString &path, const QString &cause, bool isMissing = false)
    {
        m_found.unreadable.push_back({path, QStringLiteral("it ") + cause, isMissing});
    }
    bool isNamedStream(const QString &name) const;
    bool isStream(const QFile &file, const QString &name, const QByteArray &head) const;
    void addStreams();
    bool isCancelled() const { return exitscope::isCancelled(m_cancel); }

    QString m_dir;
    CancelFlag m_cancel;
    std::optional<LttngPacketHeader> m_layout;
    bool m_hasMagic = false;
    std::map<QString, bool> m_indexes; // by the stream's name: whether it names packets
    std::vector<CopyCandidate> m_streams;
    TraceFiles m_found;
};

TraceFiles Finder::find()
{
    const Directory directory = readDirectory(m_dir, m_cancel);
    for (const DirectoryEntry &found : directory.entries) {
        if (isCancelled())
            return std::move(m_found);
        if (found.name != QLatin1String("metadata"))
            entry(found);
    }
    for (const auto &[name, namesPackets] : m_indexes) {
        const auto isIt = [&name = name](const DirectoryEntry &e) { return e.name == name; };
        if (namesPackets && std::none_of(directory.entries.begin(), directory.entries.end(), isIt))
            unreadable(path(name), QStringLiteral("is missing, though its index is there"), true);
    }
    addStreams();
    return std::move(m_found);
}

void Finder::entry(const DirectoryEntry &entry)
{
    const FileInfo &info = entry.info;
    const auto index = m_indexes.find(entry.name);
    const bool namesPackets = index != m_indexes.end() && index->second;
    if (info.kind != FileKind::Regular)
        return noFile(entry);
    const QString name = path(entry.name);
    QString fault;
    QFile file;
    if (!openForReading(file, name, &fault))
        return unreadable(name, fault);
    if (file.size() == 0) {
        if (namesPackets)
            return unreadable(name, QStringLiteral("is empty, though its index names packets"));
        ++m_found.emptyFiles;
        return;
    }
    const QByteArray head = file.read(kCopyHeadBytes);
    if (m_hasMagic && !isStream(file, entry.name, head))
        m_found.passedOver.append(name);
    else
        m_streams.push_back({name, file.size(), index != m_indexes.end(), head});
}

// In the place of a stream it is told; a directory is another trace's, or nothing.
void Finder::noFile(const DirectoryEntry &entry)
{
    const QString name = path(entry.name);
    if (entry.info.kind == FileKind::Directory) {
        if (m_indexes.contains(entry.name))
            unreadable(name, QStringLiteral("is a directory and no file"));
        return;
    }
    if (entry.isLink || isNamedStream(entry.name))
        unreadable(name, entry.info.fault); // a dangling link is a stream that is gone
    else
        m_found.passedOver.append(name);
}

// channel_CPU, perf_stream_CPU, and what has an index.
bool Finder::isNamedStream(const QString &name) const
{
    static const QRegularExpression numbered(QStringLiteral("_[0-9]+$"));
    return numbered.match(name).hasMatch() || m_indexes.contains(name);
}

// Only of metadata that says that packets begin with the magic.
bool Finder::isStream(const QFile &file, const QString &name, const QByteArray &head) const
{
    return beginsWithPacketMagic(head) || isNamedStream(name) || holdsPacketMagic(file);
}

void Finder::addStreams()
{
    std::map<StreamKey, std::size_t> known;
    m_found.repeated = takeCopies(m_streams, m_cancel);
    for (const CopyCandidate &file : m_streams) {
        if (isCancelled())
            return;
        const auto key = m_layout ? streamKey(file.head, *m_layout) : std::nullopt;
        const auto [at, isNew] = key ? known.try_emplace(*key, m_found.streams.size()) : std::pair{known.end(), true};
        StreamFiles &stream = isNew ? m_found.streams.emplace_back() : m_found.streams[at->second];
        stream.files.append(file.path);
        stream.bytes += file.size;
        const QString index = indexPath(file.path);
        if (m_layout && m_layout->hasContext && file.head.size() >= kPacketHeaderBytes + 8)
            stream.begins[file.path] = read<quint64>(file.head.constData() + kPacketHeaderBytes, m_layout->bigEndian);
        QFile opened;
        if (fileInfo(index).kind == FileKind::Missing)
            continue;
        IndexVerdict verdict;
        if (openForReading(opened, file.path))
            verdict = judgeIndex(opened, index, m_layout, m_cancel);
        if (!verdict.fits)
            stream.falseIndexes.append(index);
        else if (!verdict.fixes.empty())
            stream.fixes[file.path] = std::move(verdict.fixes);
    }
}

} // namespace

TraceFiles findStreams(const QString &traceDir, CancelFlag cancel)
{
    return Finder(traceDir, cancel).find();
}

bool StreamFiles::isIndexTrue(const QString &file) const
{
    return !falseIndexes.contains(indexPath(file));
}

QString indexPath(const QString &streamFile)
{
    const QFileInfo info(streamFile);
    return info.path() + QStringLiteral("/index/") + info.fileName() + QStringLiteral(".idx");
}

} // namespace exitscope
