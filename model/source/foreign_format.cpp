// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/foreign_format.h"

#include <QByteArray>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <string_view>

namespace exitscope {

namespace {

using namespace std::string_view_literals;

struct Magic {
    qsizetype offset;
    std::string_view bytes;
    const char *what;
    const char *advice; // %1: the file, %2: its directory
    bool isArchive;
};

constexpr std::array kMagics{
    Magic{0, "PERFILE2"sv, "a perf.data file", "convert it with: perf data convert --all --to-ctf %2/perf-ctf -i %1",
        false},
    Magic{0, "\x17\x08\x44tracing"sv, "a trace.dat file of trace-cmd",
        "it cannot be converted to CTF; record with LTTng, or with: perf record -a -e 'kvm:*,sched:sched_switch' and "
        "perf data convert --all --to-ctf DIR",
        false},
    Magic{0, "\x1f\x8b"sv, "a gzip archive", "unpack it and open the directory: tar -xzf %1", true},
    Magic{0,
        "\xfd"
        "7zXZ"sv,
        "an xz archive", "unpack it and open the directory: tar -xJf %1", true},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "a zstd archive", "unpack it and open the directory: tar --zstd -xf %1", true},
    Magic{0, "BZh"sv, "a bzip2 archive", "unpack it and open the directory: tar -xjf %1", true},
    Magic{0, "PK\x03\x04"sv, "a zip archive", "unpack it and open the directory: unzip %1", true},
    Magic{257, "ustar"sv, "a tar archive", "unpack it and open the directory: tar -xf %1", true},
};

} // namespace

std::optional<ForeignFormat> recognizeFile(const QString &path)
{
    const QFileInfo info(path);
    QFile file(path);
    if (!info.isFile() || !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray head = file.read(512);
    for (const Magic &magic : kMagics) {
        if (head.mid(magic.offset, static_cast<qsizetype>(magic.bytes.size()))
            != QByteArrayView(magic.bytes.data(), static_cast<qsizetype>(magic.bytes.size())))
            continue;
        QString advice = QString::fromLatin1(magic.advice);
        advice.replace(QStringLiteral("%1"), path).replace(QStringLiteral("%2"), info.path());
        return ForeignFormat{QString::fromLatin1(magic.what), advice, magic.isArchive};
    }
    return std::nullopt;
}

std::optional<ForeignFormat> recognizeMetadata(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray head = file.read(64).trimmed();
    if (head.isEmpty() || (head[0] != '\x1e' && head[0] != '{' && head[0] != '['))
        return std::nullopt;
    return ForeignFormat{QStringLiteral("a CTF 2 trace"),
        QStringLiteral("only CTF 1.8 can be read; record with LTTng 2.13, or convert it with babeltrace2 2.1: "
                       "babeltrace2 convert %1 -o ctf -p 'ctf-version=\"1\"' -w DIR")
            .arg(QFileInfo(path).path()),
        false};
}

} // namespace exitscope
