// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/reference/csv.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr QChar kQuote = QLatin1Char('"');

class CsvParser {
public:
    explicit CsvParser(const QString &text) : m_text(text) { }

    std::optional<std::vector<QStringList>> records()
    {
        std::vector<QStringList> result;
        while (m_at < m_text.size()) {
            QStringList fields;
            do {
                const std::optional<QString> value = field();
                if (!value)
                    return std::nullopt;
                fields << *value;
            } while (take(QLatin1Char(',')));
            if (!takeLineEnd() && m_at < m_text.size())
                return std::nullopt;
            result.push_back(fields);
        }
        return result;
    }

private:
    bool take(QChar wanted)
    {
        if (m_at >= m_text.size() || m_text[m_at] != wanted)
            return false;
        ++m_at;
        return true;
    }

    bool takeLineEnd()
    {
        take(QLatin1Char('\r'));
        return take(QLatin1Char('\n'));
    }

    std::optional<QString> field() { return take(kQuote) ? quoted() : plain(); }

    std::optional<QString> plain()
    {
        const qsizetype begin = m_at;
        while (m_at < m_text.size() && !QStringLiteral(",\r\n").contains(m_text[m_at]))
            if (m_text[m_at++] == kQuote)
                return std::nullopt;
        return m_text.mid(begin, m_at - begin);
    }

    // After the opening quote.
    std::optional<QString> quoted()
    {
        QString value;
        while (m_at < m_text.size())
            if (!take(kQuote))
                value += m_text[m_at++];
            else if (take(kQuote))
                value += kQuote;
            else
                return value;
        return std::nullopt;
    }

    const QString &m_text;
    qsizetype m_at = 0;
};

} // namespace

std::optional<std::vector<QStringList>> parseCsv(const QString &text)
{
    return CsvParser(text).records();
}

QString csvField(QString text)
{
    const bool needs = std::any_of(
        text.cbegin(), text.cend(), [](QChar c) { return c == u',' || c == u'"' || c == u'\n' || c == u'\r'; });
    if (!needs)
        return text;
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') % text % QLatin1Char('"');
}

} // namespace exitscope
