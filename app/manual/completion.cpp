// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manual/completion.h"

#include <QRegularExpression>

#include "app/manual/manual.h"
#include "model/reference/exit_reasons.h"

namespace exitscope {

namespace {

constexpr QLatin1String kWindow("window");

// The rows below the titles of all tables of a page whose first title is this.
QList<QStringList> rowsOf(const QString &page, const QString &firstTitle)
{
    QList<QStringList> rows;
    for (const Block &block : blocksOf(manualPage(page)->markdown))
        if (block.kind == Block::Kind::Table && block.rows.value(0).value(0) == firstTitle)
            rows += block.rows.mid(1);
    return rows;
}

// "`--from TIME`, `--to TIME`"
QList<ManualOption> optionsOf(const QString &page)
{
    static const QRegularExpression option(QStringLiteral("^(--[a-z-]+)(?: (.+))?$"));
    QList<ManualOption> options;
    for (const QStringList &row : rowsOf(page, QStringLiteral("option"))) {
        for (const Span &span : spansOf(row.value(0))) {
            const QRegularExpressionMatch match = option.match(span.text);
            if (span.style == Span::Style::Code && match.hasMatch())
                options.append(
                    {match.captured(1), match.captured(2), row.size() > 2 ? row[1] : QString(kWindow), row.back()});
        }
    }
    return options;
}

// "all", "all but sync", "all commands", "sync, window"
bool isOf(const QString &who, const QString &of)
{
    static const QString allBut = QStringLiteral("all but ");
    if (of == QLatin1String("all"))
        return true;
    if (of == QLatin1String("all commands"))
        return who != kWindow;
    if (of.startsWith(allBut))
        return !of.mid(allBut.size()).split(QStringLiteral(", ")).contains(who);
    return of.split(QStringLiteral(", ")).contains(who);
}

QStringList reasonNames()
{
    QStringList names;
    for (const ExitReason &reason : knownExitReasons())
        names.append(reason.name);
    names.removeDuplicates();
    return names;
}

bool takesFile(const ManualOption &option)
{
    return option.value.startsWith(QLatin1String("PATH")) || option.value == QLatin1String("FILE");
}

// What an option is followed by, as cases of `$prev`.
QString valueCases(const QList<ManualOption> &options)
{
    QStringList seen;
    QString cases;
    for (const ManualOption &option : options) {
        if (option.value.isEmpty() || seen.contains(option.name))
            continue;
        seen.append(option.name);
        const QString generated = takesFile(option)
            ? QStringLiteral("-f")
            : QStringLiteral("-W \"%1\"").arg(valuesOf(option).join(QLatin1Char(' ')));
        cases
            += QStringLiteral("    %1) COMPREPLY=($(compgen %2 -- \"$cur\")); return ;;\n").arg(option.name, generated);
    }
    return cases;
}

QString namesOf(const QList<ManualOption> &options)
{
    QStringList names;
    for (const ManualOption &option : options)
        names.append(option.name);
    names.removeDuplicates();
    return names.join(QLatin1Char(' '));
}

// A function with the cases of values, then what comes in other places.
QString script(const QString &program, const QString &cases, const QString &places)
{
    const QString function = QString(QLatin1Char('_') % program).replace(QLatin1Char('-'), QLatin1Char('_'));
    return QStringLiteral("# bash completion for %1; made from resources/manual, edit that.\n"
                          "%2() {\n"
                          "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
                          "    COMPREPLY=()\n"
                          "    case \"$prev\" in\n%3    esac\n%4"
                          "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                          "}\n"
                          "complete -o filenames -F %2 %1\n")
        .arg(program, function, cases, places);
}

QString ofTheWindow()
{
    return script(QStringLiteral("exitscope"), valueCases(windowOptions()),
        QStringLiteral("    if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"%1\" -- \"$cur\")); return; fi\n")
            .arg(namesOf(windowOptions())));
}

QString ofTheCommandLine()
{
    const QStringList commands = manualCommands();
    QStringList topics;
    for (const ManualPage &page : manualPages())
        topics.append(page.name);
    QList<ManualOption> all;
    QString cases;
    for (const QString &command : commands) {
        all += commandOptions(command);
        cases += QStringLiteral("        %1) options=\"%2\" ;;\n").arg(command, namesOf(commandOptions(command)));
    }
    const QString places = QStringLiteral(
        "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
        "        COMPREPLY=($(compgen -W \"%1 help --help --version\" -- \"$cur\")); return\n"
        "    fi\n"
        "    local options=\n"
        "    case \"${COMP_WORDS[1]}\" in\n"
        "        help) COMPREPLY=($(compgen -W \"%2\" -- \"$cur\")); return ;;\n%3"
        "    esac\n"
        "    if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")); return; fi\n")
                               .arg(commands.join(QLatin1Char(' ')), topics.join(QLatin1Char(' ')), cases);
    return script(QStringLiteral("exitscope-cli"), valueCases(all), places);
}

} // namespace

QList<ManualOption> windowOptions()
{
    QList<ManualOption> options = optionsOf(QStringLiteral("window"));
    for (const ManualOption &option : optionsOf(QStringLiteral("command-line")))
        if (isOf(kWindow, option.of))
            options.append(option);
    return options;
}

QList<ManualOption> commandOptions(const QString &command)
{
    QList<ManualOption> options;
    for (const ManualOption &option : optionsOf(QStringLiteral("command-line")))
        if (isOf(command, option.of))
            options.append(option);
    return options;
}

QStringList valuesOf(const ManualOption &option)
{
    static const QRegularExpression word(QStringLiteral("^[a-z][a-z-]*$"));
    if (option.value == QLatin1String("REASON"))
        return reasonNames();
    QStringList values;
    for (const Span &span : spansOf(option.meaning))
        if (span.style == Span::Style::Code && word.match(span.text).hasMatch())
            values.append(span.text);
    return values;
}

QStringList manualCommands()
{
    QStringList commands;
    for (const QStringList &row : rowsOf(QStringLiteral("command-line"), QStringLiteral("command")))
        if (plainText(row.value(0)) != QLatin1String("help"))
            commands.append(plainText(row.value(0)));
    return commands;
}

QString bashCompletion(const QString &program)
{
    if (program == QLatin1String("exitscope"))
        return ofTheWindow();
    return program == QLatin1String("exitscope-cli") ? ofTheCommandLine() : QString();
}

} // namespace exitscope
