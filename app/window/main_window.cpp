// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMimeData>
#include <QScreen>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

#include <array>

#include "app/window/bookmarks_panel.h"
#include "app/window/dialogs/dialogs.h"
#include "app/window/export/exports.h"
#include "app/window/guest_clock_control.h"
#include "app/window/load_bar.h"
#include "app/window/manual_control.h"
#include "app/window/problem_panel.h"
#include "app/window/program_icon.h"
#include "app/window/start_page.h"
#include "app/window/storage/recording_name.h"
#include "app/window/symbol_control.h"
#include "model/source/path_bytes.h"
#include "model/visible_text.h"
#include "views/causes/causes_table.h"
#include "views/causes/reason_matrix.h"
#include "views/durations/heat_view.h"
#include "views/durations/histogram_view.h"
#include "views/events/events_view.h"
#include "views/findings/findings_view.h"
#include "views/flame/flame_view.h"
#include "views/guests/guest_table.h"
#include "views/panels/diagnostics_panel.h"
#include "views/panels/status_line.h"
#include "views/phases/phases_table.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"
#include "views/waits/halts_table.h"
#include "views/waits/takers_table.h"

// A static library's resources are not there by themselves; the macro must stand outside namespaces.
static void loadPictures()
{
    Q_INIT_RESOURCE(screenshots);
}

namespace exitscope {

namespace {

constexpr QSize kFirstSize(1280, 860); // of the window, where the screen is large enough for it
constexpr double kFirstShare = 0.7; // of a larger screen
constexpr QSize kFrame(8, 40); // what the window manager may add to it: its size is known only when it is shown
constexpr int kTellMs = 5000; // how long a message of what was done stays
constexpr double kZoomStep = 0.5;
constexpr double kPanStep = 0.25; // of what is visible

QStringList localPaths(const QMimeData &data)
{
    QStringList paths;
    for (const QUrl &url : data.urls())
        if (url.isLocalFile()) // toLocalFile() would lose names that are no UTF-8
            paths.append(pathText(QByteArray::fromPercentEncoding(url.path(QUrl::FullyEncoded).toLatin1())));
    return paths;
}

} // namespace

MainWindow::MainWindow(Settings &settings, const Options &options, QWidget *parent)
    : QMainWindow(parent), m_settings(settings), m_loader(options.load), m_actions(new Actions(*this)),
      m_workspace(new Workspace(options.bookmarkDirectory, this)),
      m_exports(new Exports(*m_workspace, settings, *this)),
      m_guestClocks(new GuestClockControl(*m_workspace, options.guestMapDirectory, options.guestMaps, *this)),
      m_symbols(new SymbolControl(*m_workspace, options.symbolDirectory, options.symbols, options.load, *this)),
      m_manual(new ManualControl(*m_workspace, *this))
{
    loadPictures();
    setWindowTitle(QStringLiteral("ExitScope"));
    setWindowIcon(programIcon());
    setAcceptDrops(true);
    const QSize room = screen()->availableSize();
    resize((room * kFirstShare).expandedTo(kFirstSize).boundedTo(room - kFrame));
    buildCentre();
    buildMenus();
    connectAll();
    chooseTheme(options.theme.value_or(settings.theme()));
    m_workspace->setTheme(m_theme.theme());
    refreshRecent();
    followState();
    restoreGeometry(settings.windowGeometry());
    m_workspace->restoreLayout(settings.layout());
    m_workspace->setViewOptions(settings.viewOptions());
}

MainWindow::~MainWindow() = default;

void MainWindow::buildCentre()
{
    auto *centre = new QWidget(this);
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_loadBar = new LoadBar(m_loader, centre);
    m_problem = new ProblemPanel(centre);
    m_startPage = new StartPage(centre);
    m_stack = new QStackedWidget(centre);
    m_stack->addWidget(m_startPage);
    m_stack->addWidget(m_workspace);
    layout->addWidget(m_loadBar);
    layout->addWidget(m_problem);
    layout->addWidget(m_stack, 1);
    setCentralWidget(centre);
    statusBar()->addWidget(&m_workspace->statusLine(), 1);
    statusBar()->setSizeGripEnabled(false);
}

void MainWindow::buildMenus()
{
    m_recentMenu = new QMenu(QStringLiteral("Open &recent"), this);
    QMenu *file = m_actions->menu(MenuId::File);
    file->insertMenu((*m_actions)[CommandId::OpenAgain], m_recentMenu);
    QMenu *panels = new QMenu(QStringLiteral("&Panels"), this);
    for (QAction *action : m_workspace->createPopupMenu()->actions())
        panels->addAction(action);
    // What the timeline can do changes with what it shows.
    auto *timeline = new QMenu(QStringLiteral("Time&line"), this);
    connect(timeline, &QMenu::aboutToShow, this, [this, timeline] {
        timeline->clear();
        timeline->addActions(m_workspace->timeline().actions());
    });
    m_actions->menu(MenuId::View)->insertMenu((*m_actions)[CommandId::ResetLayout], timeline);
    m_actions->menu(MenuId::View)->insertMenu((*m_actions)[CommandId::ResetLayout], panels);
    for (QWidget *chart : m_workspace->charts())
        m_actions->addChartKeys(chart);
    for (QWidget *chart : m_workspace->pictures()) {
        chart->setContextMenuPolicy(Qt::ActionsContextMenu);
        chart->insertActions(
            chart->actions().value(0), {(*m_actions)[CommandId::ExportImage], (*m_actions)[CommandId::CopyImage]});
    }

    m_badge = new QPushButton(this);
    m_badge->setFlat(true);
    m_badge->setToolTip(QStringLiteral("What was found wrong or missing in what was read; click for the list"));
    statusBar()->addPermanentWidget(m_guestClocks->badge());
    statusBar()->addPermanentWidget(m_badge);
    m_badge->hide();
    setManualPlace(m_guestClocks->badge(), QStringLiteral("clocks"));
    setManualPlace(m_badge, QStringLiteral("diagnostics"));
    setManualPlace(m_startPage, QStringLiteral("recording"));
}

void MainWindow::connectAll()
{
    connect(m_actions, &Actions::triggered, this, &MainWindow::run);
    connect(m_exports, &Exports::done, this, [this](const QString &what) { statusBar()->showMessage(what, kTellMs); });
    connect(m_exports, &Exports::failed, m_problem, &ProblemPanel::showError);
    connect(&m_loader, &LoadController::started, this, [this] {
        m_problem->hide();
        (*m_actions)[CommandId::OpenAgain]->setEnabled(true);
    });
    connect(&m_loader, &LoadController::loaded, this, &MainWindow::showRecording);
    connect(&m_loader, &LoadController::failed, this, &MainWindow::showFailure);
    connect(m_problem, &ProblemPanel::retryWanted, this, [this] { run(CommandId::OpenAgain); });
    connect(m_problem, &ProblemPanel::openWanted, this, &MainWindow::openDirectory);
    connect(m_startPage, &StartPage::openWanted, this, &MainWindow::openDirectory);
    connect(m_startPage, &StartPage::pathsChosen, this, &MainWindow::open);
    connect(&m_workspace->diagnostics(), &DiagnosticsPanel::retryWanted, this, [this] { open(m_shownPaths); });
    connect(&m_workspace->bookmarks(), &BookmarksPanel::addWanted, this, &MainWindow::addBookmark);
    connect(&m_workspace->bookmarks(), &BookmarksPanel::failed, m_problem, &ProblemPanel::showError);
    const auto tellFailure = [this](const Diagnostic &cause) { m_problem->showError(cause.message); };
    connect(&m_workspace->numbers(), &LiveNumbers::failed, this, tellFailure);
    connect(&m_workspace->clocks(), &GuestClocks::failed, this, tellFailure);
    connect(&m_workspace->guests(), &LiveGuests::failed, this, tellFailure);
    connect(&m_workspace->timeline(), &TimelineView::failed, this, tellFailure);
    connect(&m_workspace->findings(), &FindingsView::failed, this, tellFailure);
    connect(&m_workspace->causes(), &CausesTable::failed, this, tellFailure);
    connect(&m_workspace->histogram().heat(), &HeatView::failed, this, tellFailure);
    for (NumberTable *table : m_workspace->numberTables())
        connect(table, &NumberTable::failed, this, tellFailure);
    connect(&m_workspace->flame(), &FlameView::failed, this, tellFailure);
    connect(&m_workspace->events(), &EventsView::failed, this, tellFailure);
    connect(m_guestClocks, &GuestClockControl::failed, m_problem, &ProblemPanel::showError);
    connect(&m_workspace->symbols(), &SessionSymbols::failed, this, tellFailure);
    connect(m_symbols, &SymbolControl::failed, m_problem, &ProblemPanel::showError);
    connect(m_badge, &QPushButton::clicked, this, [this] { m_workspace->showDock(&m_workspace->diagnostics()); });
    connect(m_workspace, &Workspace::diagnosticsChanged, this, &MainWindow::showBadge);
    connect(&m_theme, &ThemeControl::changed, m_workspace, &Workspace::setTheme);
    connect(&m_workspace->state(), &ViewState::changed, this, &MainWindow::followState);
    connect(&m_workspace->state(), &ViewState::historyChanged, this, &MainWindow::followState);
}

void MainWindow::open(const QStringList &paths)
{
    if (!paths.isEmpty())
        m_loader.load(paths);
}

void MainWindow::showRecording(const std::shared_ptr<const Recording> &recording)
{
    m_shownPaths = m_loader.paths();
    m_settings.addRecent(m_shownPaths);
    m_exports->setRecordingName(recordingName(m_shownPaths));
    // Queued: the menu may be what asked for it.
    QMetaObject::invokeMethod(this, &MainWindow::refreshRecent, Qt::QueuedConnection);
    setWindowTitle(QStringLiteral("%1 — ExitScope").arg(recordingName(m_shownPaths)));
    m_actions->setHasRecording(true);
    auto maps = m_guestClocks->mapsFor(*recording);
    m_workspace->setRecording(recording, maps.options, std::move(maps.diagnostics), m_symbols->sourcesFor(*recording));
    m_symbols->useGiven();
    m_stack->setCurrentWidget(m_workspace);
    m_workspace->timeline().setFocus(); // its keys work at once
    m_workspace->statusLine().show();
    followState();
}

void MainWindow::showFailure(const std::shared_ptr<const Recording> &recording)
{
    m_problem->showLoadFailure(m_loader.paths(), recording->diagnostics);
}

void MainWindow::showBadge(const Diagnostics &diagnostics)
{
    m_badge->setVisible(!diagnostics.empty());
    m_badge->setText(diagnosticsSummary(diagnostics));
    m_badge->setIcon(severityIcon(gravest(diagnostics)));
}

// What actions are there, and which choice is marked, follows from the state.
void MainWindow::followState()
{
    const ViewState &state = m_workspace->state();
    const ViewValues &values = state.values();
    const bool has = m_workspace->recording() != nullptr;
    const Selection none;
    const Actions &actions = *m_actions;
    actions[CommandId::Undo]->setEnabled(has && state.canUndo());
    actions[CommandId::Redo]->setEnabled(has && state.canRedo());
    actions[CommandId::ClearFilters]->setEnabled(has && values.selection() != none);
    actions[CommandId::ZoomToExit]->setEnabled(has && values.current);
    actions[CommandId::OpenAgain]->setEnabled(!m_loader.paths().isEmpty());
    static constexpr std::array kMeasures{CommandId::MeasureCount, CommandId::MeasureGross, CommandId::MeasureNet};
    actions[kMeasures[static_cast<std::size_t>(values.measure)]]->setChecked(true);
}

void MainWindow::chooseTheme(ThemeChoice choice)
{
    static constexpr std::array kThemes{CommandId::ThemeDesktop, CommandId::ThemeLight, CommandId::ThemeDark};
    m_theme.choose(choice);
    (*m_actions)[kThemes[static_cast<std::size_t>(choice)]]->setChecked(true);
}

void MainWindow::refreshRecent()
{
    const QList<QStringList> recent = m_settings.recent();
    m_startPage->setRecent(recent);
    m_recentMenu->clear();
    for (const QStringList &paths : recent) {
        QAction *action = m_recentMenu->addAction(
            visibleText(paths.join(QStringLiteral(", "))).replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, paths] { open(paths); });
    }
    m_recentMenu->addSeparator();
    QAction *clear = m_recentMenu->addAction(QStringLiteral("&Clear list"));
    clear->setEnabled(!recent.isEmpty());
    connect(
        clear, &QAction::triggered, this,
        [this] {
            m_settings.clearRecent();
            refreshRecent();
        },
        Qt::QueuedConnection);
}

bool MainWindow::runOnView(CommandId command)
{
    ViewState &state = m_workspace->state();
    switch (command) {
    case CommandId::Undo:
        state.undo();
        return true;
    case CommandId::Redo:
        state.redo();
        return true;
    case CommandId::ClearFilters:
        state.clearFilters();
        return true;
    case CommandId::ZoomIn:
        m_workspace->zoom(kZoomStep);
        return true;
    case CommandId::ZoomOut:
        m_workspace->zoom(1 / kZoomStep);
        return true;
    case CommandId::Earlier:
        m_workspace->pan(-kPanStep);
        return true;
    case CommandId::Later:
        m_workspace->pan(kPanStep);
        return true;
    case CommandId::SelectVisible:
        state.select(state.values().visible);
        return true;
    case CommandId::Fit:
        state.fit();
        return true;
    case CommandId::ShowAll:
        state.setVisible(state.bounds());
        return true;
    case CommandId::MeasureCount:
        state.setMeasure(Measure::Count);
        return true;
    case CommandId::MeasureGross:
        state.setMeasure(Measure::Gross);
        return true;
    case CommandId::MeasureNet:
        state.setMeasure(Measure::Net);
        return true;
    case CommandId::PreviousExit:
        m_workspace->goToExit(Direction::Previous);
        return true;
    case CommandId::NextExit:
        m_workspace->goToExit(Direction::Next);
        return true;
    case CommandId::ZoomToExit:
        m_workspace->zoomToExit();
        return true;
    default:
        return false;
    }
}

void MainWindow::run(CommandId command)
{
    if (runOnView(command))
        return;
    switch (command) {
    case CommandId::Open:
        return openDirectory();
    case CommandId::OpenFiles:
        return openFiles();
    case CommandId::OpenAgain:
        return open(m_loader.paths());
    case CommandId::Quit:
        close();
        return;
    case CommandId::ClearSelection:
        return clearSelection();
    case CommandId::ThemeDesktop:
    case CommandId::ThemeLight:
    case CommandId::ThemeDark: {
        const auto choice = ThemeChoice(static_cast<int>(command) - static_cast<int>(CommandId::ThemeDesktop));
        m_settings.setTheme(choice);
        return chooseTheme(choice);
    }
    case CommandId::PcpuRows: {
        TimelineOptions options = m_workspace->timeline().options();
        options.occupancy = !options.occupancy;
        return m_workspace->timeline().setOptions(options);
    }
    case CommandId::ThreadRows: {
        TimelineOptions options = m_workspace->timeline().options();
        options.threads = !options.threads;
        return m_workspace->timeline().setOptions(options);
    }
    case CommandId::HeatMap:
        m_workspace->histogram().setOverTime(!m_workspace->histogram().isOverTime());
        return m_workspace->showDock(&m_workspace->histogram());
    case CommandId::ResetLayout:
        m_workspace->setViewOptions({});
        return m_workspace->resetLayout();
    case CommandId::AddBookmark:
        return addBookmark();
    case CommandId::ExportImage:
        return m_exports->openDialog();
    case CommandId::CopyImage:
        return m_exports->copyImage();
    case CommandId::SortTable:
        return sortTable();
    case CommandId::GuestClocks:
        return m_guestClocks->openDialog();
    case CommandId::GuestSymbols:
        return m_symbols->openDialog();
    case CommandId::ShowEvents:
        return m_workspace->showDock(&m_workspace->events());
    case CommandId::ShowGuest:
        return m_workspace->showDock(&m_workspace->guestTable());
    case CommandId::ShowFlame:
        return m_workspace->showDock(&m_workspace->flame());
    case CommandId::ShowPhases:
        return m_workspace->showDock(&m_workspace->phases());
    case CommandId::SaveTable:
        return saveTable();
    case CommandId::CopyTable:
        return m_exports->copyTable();
    case CommandId::Manual:
        return m_manual->show();
    case CommandId::Keys:
        return showKeySheet(this);
    case CommandId::About:
        return showAbout(this);
    default:
        break;
    }
}

void MainWindow::openDirectory()
{
    const QString near = m_loader.paths().isEmpty() ? QString() : m_loader.paths().front();
    const QString directory
        = QFileDialog::getExistingDirectory(this, QStringLiteral("Open directory with traces"), near);
    if (!directory.isEmpty())
        open({directory});
}

void MainWindow::openFiles()
{
    const QString near = m_loader.paths().isEmpty() ? QString() : m_loader.paths().front();
    const QStringList files = QFileDialog::getOpenFileNames(this, QStringLiteral("Open files of traces"), near,
        QStringLiteral("Traces (*.dat *.data *.txt *.trace);;All files (*)"));
    if (!files.isEmpty())
        open(files);
}

void MainWindow::addBookmark()
{
    const ViewValues &values = m_workspace->state().values();
    const TimeRange range = values.selected.value_or(values.visible);
    askForName(this, values.selected ? QStringLiteral("the selected range") : QStringLiteral("the visible range"),
        [this, range, recording = m_workspace->recording()](const QString &name) {
            if (recording == m_workspace->recording())
                m_workspace->bookmarks().add(name, range);
            else
                m_problem->showError(QStringLiteral("The bookmark “%1” was not added: another recording was opened "
                                                    "meanwhile")
                                         .arg(name));
        });
}

void MainWindow::sortTable()
{
    if (NumberTable *numbers = m_workspace->activeNumbers())
        numbers->sortByCurrentColumn();
    else if (m_workspace->isCausesActive())
        m_workspace->causes().sortByCurrentColumn();
    else if (!m_workspace->isEventsActive() && !m_workspace->isFlameActive()) // which have an order of their own
        m_workspace->table().sortByCurrentColumn();
}

void MainWindow::saveTable()
{
    const bool isFlame = m_workspace->isFlameActive();
    const QString file = isFlame
        ? QFileDialog::getSaveFileName(this, QStringLiteral("Save folded stacks"), QStringLiteral("flame.folded"),
            QStringLiteral("Folded stacks (*.folded *.txt)"))
        : QFileDialog::getSaveFileName(this, QStringLiteral("Save table as CSV"),
            m_workspace->activeTableName() % QStringLiteral(".csv"), QStringLiteral("CSV (*.csv)"));
    if (!file.isEmpty())
        m_exports->saveTable(file);
}

void MainWindow::clearSelection()
{
    if (m_loader.isLoading())
        m_loader.cancel();
    else
        m_workspace->state().select(std::nullopt);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_loader.cancel();
    m_settings.setWindowGeometry(saveGeometry());
    m_settings.setLayout(m_workspace->layoutState());
    m_settings.setViewOptions(m_workspace->viewOptions());
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!localPaths(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    const QStringList paths = localPaths(*event->mimeData());
    if (!m_symbols->take(paths))
        open(paths);
}

} // namespace exitscope
