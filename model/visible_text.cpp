// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/visible_text.h"

#include <algorithm>

namespace exitscope {

namespace {

bool isLoneSurrogate(const QString &text, qsizetype at)
{
    const QChar c = text[at];
    if (c.isHighSurrogate())
        return at + 1 == text.size() || !text[at + 1].isLowSurrogate();
    return c.isLowSurrogate() && (at == 0 || !text[at - 1].isHighSurrogate());
}

bool steers(QChar c)
{
    const char16_t code = c.unicode();
    return c.category() == QChar::Other_Control || code == 0x2028 || code == 0x2029 || code == 0x200e || code == 0x200f
        || code == 0x061c || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

QString writtenOut(char16_t code)
{
    const bool isByte = code >= 0xdc80 && code <= 0xdcff;
    const uint number = isByte ? code - 0xdc00u : code;
    return number < 0x100 ? QStringLiteral("\\x%1").arg(number, 2, 16, QLatin1Char('0'))
                          : QStringLiteral("\\u%1").arg(number, 4, 16, QLatin1Char('0'));
}

} // namespace

QString visibleText(const QString &text)
{
    QString visible;
    visible.reserve(text.size());
    for (qsizetype at = 0; at < text.size(); ++at)
        if (steers(text[at]) || isLoneSurrogate(text, at))
            visible += writtenOut(text[at].unicode());
        else
            visible += text[at];
    return visible;
}

} // namespace exitscope
