// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/path_bytes.h"

#include <QDir>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <unistd.h>

namespace exitscope {

namespace {

constexpr char16_t kByteBase = 0xdc00;
const QString kStoredBytes = QStringLiteral("bytes:");

// A lone low surrogate that stands for a byte.
bool standsForByte(const QString &text, qsizetype at)
{
    const char16_t c = text[at].unicode();
    return c >= kByteBase + 0x80 && c <= kByteBase + 0xff && (at == 0 || !text[at - 1].isHighSurrogate());
}

// How many bytes at the begin are one character; 0: they are none.
qsizetype characterBytes(QByteArrayView bytes)
{
    for (qsizetype length = 1; length <= std::min<qsizetype>(4, bytes.size()); ++length)
        if (bytes.first(length).isValidUtf8())
            return length;
    return 0;
}

bool isPlain(char byte)
{
    static constexpr QByteArrayView kOthers("%+,-./:=@_");
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
        || kOthers.contains(byte);
}

} // namespace

QString pathText(const QByteArray &bytes)
{
    if (bytes.isValidUtf8())
        return QString::fromUtf8(bytes);
    QString text;
    QByteArrayView rest(bytes);
    while (!rest.isEmpty()) {
        const qsizetype length = characterBytes(rest);
        if (length > 0)
            text += QString::fromUtf8(rest.first(length));
        else
            text += QChar(static_cast<char16_t>(kByteBase + static_cast<unsigned char>(rest.front())));
        rest = rest.sliced(std::max<qsizetype>(1, length));
    }
    return text;
}

QByteArray pathBytes(const QString &text)
{
    QByteArray bytes;
    qsizetype from = 0;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (!standsForByte(text, at))
            continue;
        bytes += text.mid(from, at - from).toUtf8();
        bytes += static_cast<char>(text[at].unicode() - kByteBase);
        from = at + 1;
    }
    return from == 0 ? text.toUtf8() : bytes + text.mid(from).toUtf8();
}

QString absolutePath(const QString &path)
{
    if (path.startsWith(QLatin1Char('/')))
        return QDir::cleanPath(path);
    const std::unique_ptr<char, decltype(&std::free)> here(::getcwd(nullptr, 0), &std::free);
    return here ? QDir::cleanPath(pathText(here.get()) % QLatin1Char('/') % path) : path;
}

QString storedPath(const QString &absolute)
{
    const QByteArray bytes = pathBytes(absolute);
    return bytes.isValidUtf8() ? absolute : QString(kStoredBytes % QString::fromLatin1(bytes.toPercentEncoding("/")));
}

QString pathOfStored(const QString &stored)
{
    if (!stored.startsWith(kStoredBytes))
        return stored;
    return pathText(QByteArray::fromPercentEncoding(stored.mid(kStoredBytes.size()).toLatin1()));
}

QString shellWord(const QString &given)
{
    const QString path = given.startsWith(QLatin1Char('-')) ? QString(QStringLiteral("./") + given) : given;
    const QByteArray bytes = pathBytes(path);
    if (!bytes.isEmpty() && std::all_of(bytes.begin(), bytes.end(), isPlain))
        return path;
    const bool isText = bytes.isValidUtf8()
        && std::none_of(path.begin(), path.end(), [](QChar c) { return c.category() == QChar::Other_Control; });
    if (isText)
        return QLatin1Char('\'') + QString(path).replace(QLatin1Char('\''), QStringLiteral("'\\''"))
            + QLatin1Char('\'');
    QString word = QStringLiteral("$'"); // the only quotes in which such bytes can be written
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '\'' || byte == '\\')
            (word += QLatin1Char('\\')) += QLatin1Char(byte);
        else if (code >= 0x20 && code < 0x7f)
            word += QLatin1Char(byte);
        else
            word += QStringLiteral("\\%1").arg(code, 3, 8, QLatin1Char('0'));
    }
    return word + QLatin1Char('\'');
}

} // namespace exitscope
