// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/foreign_format.h"

#include <QByteArray>
#include <QFileInfo>
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
    std::string_view bytes;
    const char *what;
    const char *advice; // %1: the file, %2: a directory beside it
    const char *plain; // what unpacks a single file that is no tar; null: there is none
    bool isArchive;
};

constexpr std::array kMagics{
    Magic{0, "PERFILE2"sv, "a perf.data file", "convert it with: perf data convert --all --to-ctf %2 -i %1", nullptr,
        false},
    Magic{0, "\x17\x08\x44tracing"sv, "a trace.dat file of trace-cmd",
        "it cannot be converted to CTF; record with LTTng, or with: perf record -a -e 'kvm:*,sched:sched_switch' and "
        "perf data convert --all --to-ctf DIR",
        nullptr, false},
    Magic{0, "\x1f\x8b"sv, "a gzip archive", "tar -xzf %1", "gunzip -k %1", true},
    Magic{0,
        "\xfd"
        "7zXZ"sv,
        "an xz archive", "tar -xJf %1", "unxz -k %1", true},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "a zstd archive", "tar --zstd -xf %1", "unzstd %1", true},
    Magic{0, "BZh"sv, "a bzip2 archive", "tar -xjf %1", "bunzip2 -k %1", true},
    Magic{0, "PK\x03\x04"sv, "a zip archive", "unzip %1", nullptr, true},
    Magic{257, "ustar"sv, "a tar archive", "tar -xf %1", nullptr, true},
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
    const QString beside = shellWord(QFileInfo(path).path() + QStringLiteral("/perf-ctf"));
    const QString advice = text.contains(QLatin1String("%2")) ? text.arg(file, beside)
        : text.contains(QLatin1String("%1"))                  ? text.arg(file)
                                                              : text;
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
        if (head.mid(magic.offset, size) == QByteArrayView(magic.bytes.data(), size))
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
