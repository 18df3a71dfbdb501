// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/export_command.h"

#include <QCommandLineParser>

#include <algorithm>
#include <array>
#include <utility>

#include "app/common/console.h"
#include "app/common/guest_maps.h"
#include "app/common/interrupt_guard.h"
#include "app/common/standard_input.h"
#include "app/common/wanted_guest_filters.h"
#include "app/common/wanted_symbols.h"
#include "app/window/export/picture_file.h"
#include "app/window/storage/recording_name.h"
#include "app/window/storage/whole_file.h"
#include "model/causes/symbol_ranges.h"
#include "model/clock/guests_of_exits.h"
#include "model/diagnostic_codes.h"
#include "model/session/live_guests.h"
#include "model/statistics/guest_filters.h"
#include "views/picture_caption.h"

namespace exitscope {

namespace {

constexpr const char *kThreads = "threads"; // a timeline with the threads of guests, which the window has by a key

QString latin(const char *text)
{
    return QString::fromUtf8(text);
}

// The texts of a list, in the order of its enum.
template <std::size_t N>
std::optional<std::size_t> indexIn(const std::array<const char *, N> &names, const QString &text)
{
    for (std::size_t i = 0; i < N; ++i)
        if (latin(names[i]) == text)
            return i;
    return std::nullopt;
}

QStringList exportNames()
{
    return chartNames() << latin(kThreads);
}

class ExportReader {
public:
    explicit ExportReader(const QCommandLineParser &parser) : m_parser(parser) { }

    std::variant<ExportRequest, QString> read(const QString &theme)
    {
        for (const auto &step : {&ExportReader::readChart, &ExportReader::readOutput, &ExportReader::readSize,
                 &ExportReader::readScale, &ExportReader::readMeasure, &ExportReader::readKeys})
            if (const std::optional<QString> wrong = (this->*step)())
                return *wrong;
        if (theme != latin("light") && theme != latin("dark") && !theme.isEmpty())
            return QStringLiteral("a picture's theme is light or dark, not '%1'").arg(theme);
        m_request.isDark = theme == latin("dark");
        m_request.overwrites = isSet("force");
        m_request.hasCaption = isSet("caption");
        if (const std::optional<QString> wrong = pictureProblem(m_request.picture, m_request.format))
            return *wrong;
        if (const std::optional<QString> wrong = readRecordingOptions(m_parser, kWindowOptions, m_request))
            return *wrong;
        if (m_request.paths.isEmpty())
            return QStringLiteral("no PATH was given");
        return m_request;
    }

private:
    bool isSet(const char *name) const { return m_parser.isSet(latin(name)); }
    QString value(const char *name) const { return m_parser.value(latin(name)); }

    std::optional<QString> readChart()
    {
        m_request.isOfThreads = value("export") == latin(kThreads);
        const std::optional<ChartKind> chart
            = m_request.isOfThreads ? ChartKind::Timeline : chartOfName(value("export"));
        if (!chart)
            return QStringLiteral("there is no chart '%1'; there are: %2")
                .arg(value("export"), exportNames().join(QStringLiteral(", ")));
        m_request.picture.chart = *chart;
        m_request.picture.pie.caption = true;
        return std::nullopt;
    }

    std::optional<QString> readOutput()
    {
        m_request.output = value("output");
        if (m_request.output.isEmpty())
            return QStringLiteral("--export needs --output FILE");
        const std::optional<PictureFormat> format = pictureFormatOf(m_request.output);
        if (!format)
            return QStringLiteral("'%1' ends with none of .png, .svg, .pdf").arg(m_request.output);
        m_request.format = *format;
        return std::nullopt;
    }

    std::optional<QString> readSize()
    {
        m_request.picture.size = defaultPictureSize(m_request.picture.chart);
        m_request.hasSize = isSet("size");
        if (!m_request.hasSize)
            return std::nullopt;
        const QStringList sides = value("size").split(QLatin1Char('x'), Qt::KeepEmptyParts, Qt::CaseInsensitive);
        bool isWidth = false;
        bool isHeight = false;
        if (sides.size() == 2)
            m_request.picture.size = {sides[0].toInt(&isWidth), sides[1].toInt(&isHeight)};
        if (!isWidth || !isHeight)
            return QStringLiteral("'%1' is no size; give WIDTHxHEIGHT in pixels").arg(value("size"));
        return std::nullopt;
    }

    std::optional<QString> readScale()
    {
        if (!isSet("scale"))
            return std::nullopt;
        if (m_request.format != PictureFormat::Png)
            return QStringLiteral("--scale is for PNG: %1 has no pixels")
                .arg(pictureSuffix(m_request.format).toUpper());
        bool isNumber = false;
        m_request.picture.scale = value("scale").toDouble(&isNumber);
        return isNumber
            ? std::nullopt
            : std::optional(QStringLiteral("'%1' is no scale; give a number such as 2").arg(value("scale")));
    }

    std::optional<QString> readMeasure()
    {
        if (!isSet("measure"))
            return std::nullopt;
        const auto measure = measureNamed(value("measure"));
        if (!measure)
            return QStringLiteral("there is no measure '%1'; there are: count, gross, net").arg(value("measure"));
        m_request.measure = *measure;
        if (m_request.measure == Measure::Net)
            m_request.picture.durations = DurationKind::Net;
        return std::nullopt;
    }

    std::optional<QString> readKeys()
    {
        if (!isSet("by"))
            return std::nullopt;
        if (m_request.picture.chart != ChartKind::Flame)
            return QStringLiteral("--by is for the chart flame");
        QString error;
        const auto keys = parseAccountKeys(value("by"), error);
        if (!keys)
            return error;
        m_request.picture.flame.keys = *keys;
        return std::nullopt;
    }

    const QCommandLineParser &m_parser;
    ExportRequest m_request;
};

// --from and --to are what a timeline or a heat map shows; of the other charts they are the selection.
ViewValues valuesOf(const ExportRequest &request, const Recording &recording, const Selection &selection)
{
    ViewValues values;
    const TimeRange all = boundsOf(recording);
    const TimeRange range{selection.from.value_or(all.from), selection.to.value_or(all.to)};
    const bool isOverTime = request.picture.chart == ChartKind::Timeline || request.picture.chart == ChartKind::HeatMap;
    values.visible = isOverTime ? TimeRange{std::max(range.from, all.from), std::min(range.to, all.to)} : all;
    if (!isOverTime && (selection.from || selection.to)) // without --to up to the last event, and with it
        values.selected = TimeRange{range.from, selection.to.value_or(all.to + 1)};
    static_cast<ExitFilters &>(values) = selection;
    if (selection.minNs || selection.maxNs)
        values.band = DurationBand{selection.bandOf, selection.minNs, selection.maxNs};
    values.measure = request.measure;
    return values;
}

} // namespace

void addExportOptions(QCommandLineParser &parser)
{
    const auto add = [&](const char *name, const char *value, const QString &description) {
        parser.addOption({latin(name), description, latin(value)});
    };
    add("export", "CHART",
        QStringLiteral("Write a chart into a file instead of opening the window: %1")
            .arg(exportNames().join(QStringLiteral(", "))));
    add("output", "FILE", QStringLiteral("The file of --export: .png, .svg or .pdf"));
    add("size", "WxH", QStringLiteral("Of the picture, in pixels; a timeline is else as high as its rows need"));
    add("scale", "N", QStringLiteral("Pixels of a PNG for each of --size"));
    add("measure", "MEASURE", QStringLiteral("Weigh by count, gross or net"));
    add("by", "KEYS", QStringLiteral("Levels of a flame graph, as 'exitscope-cli accounts' takes them"));
    parser.addOption(
        {latin("caption"), QStringLiteral("Tell the recording, the range and the filters below the chart")});
    parser.addOption({latin("force"), QStringLiteral("Overwrite the file of --output if there is one")});
}

bool wantsExport(const QCommandLineParser &parser)
{
    return parser.isSet(latin("export"));
}

std::variant<ExportRequest, QString> readExportOptions(const QCommandLineParser &parser, const QString &theme)
{
    return ExportReader(parser).read(theme);
}

namespace {

// All that is selected but what is of guests, and into the flame graph the names of functions. Nothing, and `error` one
// line, if it cannot be.
std::optional<Selection> selectionOf(const ExportRequest &request, const Recording &recording, const AlignOptions &maps,
    FlameOptions &flame, std::FILE *err, QString &error)
{
    std::optional<Selection> selection = parseSelection(request.selection, recording, error);
    if (!selection)
        return std::nullopt;
    Diagnostics told;
    const bool isBySymbol = std::ranges::find(flame.keys, AccountKey::Symbol) != flame.keys.end();
    const std::optional<GuestSymbols> symbols = wantedSymbols(request, isBySymbol, recording, maps, told, error);
    sayDiagnostics(err, told);
    if (!symbols || !selectSymbols(request.symbolNames, recording, &*symbols, *selection, error))
        return std::nullopt;
    flame.symbols = std::make_shared<const GuestSymbols>(*symbols);
    return selection;
}

// What the picture needs of guests, and what of them is wanted, into the values. False, and `error` one line, if it
// cannot be; incomplete if it was interrupted.
bool addGuests(const ExportRequest &request, const std::shared_ptr<const Recording> &recording,
    const AlignOptions &maps, std::shared_ptr<const ShownGuests> &shown, ViewValues &values, std::FILE *err,
    QString &error)
{
    const bool isByExits = request.picture.chart == ChartKind::Flame || asksOfGuests(request.guests);
    if ((isByExits || request.picture.chart == ChartKind::Timeline) && !recording->guests.empty()) {
        shown = std::make_shared<const ShownGuests>(showGuests(findMaps(recording, maps, &InterruptGuard::flag()), {}));
        if (InterruptGuard::flag())
            return true;
        sayDiagnostics(err, shown->diagnostics);
    }
    if (shown && isByExits && !alignmentsOf(*shown).empty())
        values.guests = std::make_shared<const ExitGuests>(
            guestsOfExits(*recording, alignmentsOf(*shown), &InterruptGuard::flag()));
    static const ExitGuests kNone;
    return addGuestFilters(request.guests, values.guests ? *values.guests : kNone, values, error);
}

// Every process of every guest unfolded. False, and `error` one line, if of no guest it is known.
bool addThreads(const std::shared_ptr<const ShownGuests> &shown, TimelineOptions &timeline, QString &error)
{
    if (!shown || alignmentsOf(*shown).empty()) {
        error = shown
            ? QStringLiteral("nothing to draw: no guest's clock is surely on its host's; 'exitscope-cli sync' "
                             "tells why, and --map gives a map")
            : QStringLiteral("nothing to draw: no guest was traced, so that its threads are not known; "
                             "'exitscope-cli help recording' says how to record one");
        return false;
    }
    timeline = withAllThreads(
        std::move(timeline), std::make_shared<const ThreadList>(listThreads(shown, &InterruptGuard::flag())));
    return true;
}

ExitStatus tryExport(const ExportRequest &request, std::FILE *err)
{
    const auto fail = [&](const QString &problem, ExitStatus status) {
        say(err, QStringLiteral("exitscope: ") % problem);
        return status;
    };
    // Before the work: it may be long.
    if (!request.overwrites && isTaken(request.output))
        return fail(QStringLiteral("%1: there is a file of that name; --force overwrites it").arg(request.output),
            ExitStatus::NotWritten);
    StandardInput standardInput;
    auto recording = std::make_shared<const Recording>(
        standardInput.loadRecording(request.paths, request.load, &InterruptGuard::flag()));
    if (InterruptGuard::flag())
        return ExitStatus::NothingReadable; // the guard ends the program
    sayDiagnostics(err, recording->diagnostics);
    if (recording->hosts.empty())
        return fail(
            QStringLiteral("nothing to draw: no trace of a KVM host could be read"), ExitStatus::NothingReadable);
    QString error;
    PictureOptions picture = request.picture;
    const std::optional<AlignOptions> maps = userMaps(request.maps, *recording, error);
    const std::optional<Selection> selection
        = maps ? selectionOf(request, *recording, *maps, picture.flame, err, error) : std::nullopt;
    if (!selection)
        return fail(error, ExitStatus::Usage);
    ViewValues values = valuesOf(request, *recording, *selection);
    if (values.visible.length() < ViewState::kShortestVisible)
        return fail(
            QStringLiteral("the range holds too little of the recording to be drawn; at least %1 ns must be in both")
                .arg(ViewState::kShortestVisible),
            ExitStatus::Usage);
    std::shared_ptr<const ShownGuests> guests;
    const bool isPossible = addGuests(request, recording, *maps, guests, values, err, error);
    if (InterruptGuard::flag())
        return ExitStatus::NothingReadable; // what is known of the guests is not whole
    if (!isPossible)
        return fail(error, ExitStatus::Usage);
    if (request.isOfThreads && !addThreads(guests, picture.timeline, error))
        return fail(error, ExitStatus::NothingReadable);
    if (InterruptGuard::flag())
        return ExitStatus::NothingReadable; // nor are the threads
    const ChartInput input{recording, std::make_shared<const Numbers>(numbersOf(recording, values.selection())), values,
        request.isDark ? Theme::dark() : Theme::light(), guests};
    if (request.hasCaption)
        picture.caption = pictureCaption(input, picture.chart, recordingName(request.paths));
    if (!request.hasSize)
        picture.size = readableSize(input, picture);
    const PictureFile file{request.output, request.format, recordingName(request.paths)};
    if (!writePicture(input, picture, file, request.overwrites, error))
        return fail(error, ExitStatus::NotWritten);
    return ExitStatus::Success;
}

} // namespace

ExitStatus runExport(const ExportRequest &request, std::FILE *err)
{
    const InterruptGuard guard;
    try {
        return tryExport(request, err);
    } catch (const std::exception &error) {
        sayDiagnostics(err, {diagnosticOf(error)});
        return ExitStatus::NothingReadable;
    }
}

} // namespace exitscope
