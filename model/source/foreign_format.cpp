// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/foreign_format.h"

#include <QByteArray>
#include <QRegularExpression>

#include <array>
#include <string_view>

#include "model/source/file_access.h"
#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

using namespace std::string_view_literals;

struct Magic {
    qsizetype offset;
    std::string_view bytes; // empty: any
    const char *suffix; // of the name, where the bytes alone say little; null: any
    const char *what;
    const char *advice; // %1: the file
    const char *plain; // what unpacks a single file that is no tar; null: there is none
    bool isArchive;
};

constexpr const char *kRecordHost = "record the host with: trace-cmd record -e kvm -e sched:sched_switch";

constexpr std::array kMagics{
    Magic{0, "\x1f\x8b"sv, nullptr, "a gzip archive", "tar -xzf %1", "gunzip -k %1", true},
    Magic{0,
        "\xfd"
        "7zXZ"sv,
        nullptr, "an xz archive", "tar -xJf %1", "unxz -k %1", true},
    Magic{0, "\x28\xb5\x2f\xfd"sv, nullptr, "a zstd archive", "tar --zstd -xf %1", "unzstd %1", true},
    Magic{0, "BZh"sv, nullptr, "a bzip2 archive", "tar -xjf %1", "bunzip2 -k %1", true},
    Magic{0, "PK\x03\x04"sv, nullptr, "a zip archive", "unzip %1", nullptr, true},
    Magic{257, "ustar"sv, nullptr, "a tar archive", "tar -xf %1", nullptr, true},
    Magic{
        0, "\xff\xfe"sv, nullptr, "a text in UTF-16", "write it in UTF-8: iconv -f UTF-16 -t UTF-8 %1", nullptr, false},
    Magic{0, "PERFFILE"sv, nullptr, "a perf.data file of before Linux 3.0", "record it with a perf of today", nullptr,
        false},
    Magic{0, "\x0a"sv, ".perfetto-trace", "a trace of Perfetto", kRecordHost, nullptr, false},
    Magic{0, "\x0a"sv, ".pftrace", "a trace of Perfetto", kRecordHost, nullptr, false},
    Magic{0, "OTF2"sv, nullptr, "an OTF2 archive, which tells of programs", kRecordHost, nullptr, false},
    Magic{0, ""sv, ".otf2", "an OTF2 archive, which tells of programs", kRecordHost, nullptr, false},
    Magic{0, ""sv, ".etl", "an event trace of Windows", kRecordHost, nullptr, false},
};

// Whether its name says that what is compressed is a tar.
bool isNamedTar(const QString &path)
{
    static const QRegularExpression tar(
        QStringLiteral("(\\.tar\\.[^./]+|\\.t(gz|xz|zst|bz2?|b2))$"), QRegularExpression::CaseInsensitiveOption);
    return tar.match(path).hasMatch();
}

QString adviceOf(const Magic &magic, const QString &path)
{
    const bool isPlain = magic.plain && !isNamedTar(path);
    const QString text = QString::fromLatin1(isPlain ? magic.plain : magic.advice);
    const QString file = shellWord(path);
    const QString advice = text.contains(QLatin1String("%1")) ? text.arg(file) : text;
    if (isPlain)
        return QStringLiteral("unpack it and open what comes out: ") + advice;
    return magic.isArchive ? QString(QStringLiteral("unpack it and open the directory: ") + advice) : advice;
}

} // namespace

std::optional<ForeignFormat> recognizeFile(const QString &path)
{
    QFile file;
    if (!openForReading(file, path))
        return std::nullopt;
    const QByteArray head = file.read(512);
    for (const Magic &magic : kMagics) {
        const auto size = static_cast<qsizetype>(magic.bytes.size());
        const bool isNamed = !magic.suffix || path.endsWith(QLatin1String(magic.suffix), Qt::CaseInsensitive);
        if (isNamed && head.mid(magic.offset, size) == QByteArrayView(magic.bytes.data(), size))
            return ForeignFormat{QString::fromLatin1(magic.what), adviceOf(magic, path), magic.isArchive};
    }
    return std::nullopt;
}

std::optional<ForeignFormat> recognizeMetadata(const QString &path)
{
    QFile file;
    if (!openForReading(file, path))
        return std::nullopt;
    const QByteArray head = file.read(64).trimmed();
    if (head.isEmpty() || (head[0] != '{' && head[0] != '['))
        return std::nullopt;
    return ForeignFormat{QStringLiteral("metadata in JSON, but none of CTF 2"),
        QStringLiteral("CTF 2 has the byte 0x1e before each part of it; copy the metadata as the tracer wrote it, or "
                       "record as CTF 1.8: lttng create --trace-format=ctf-1.8"),
        false};
}

} // namespace exitscope
