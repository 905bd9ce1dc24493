using System.Collections.Immutable;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>What the exchanges from one endpoint to one target came to on one backend.</summary>
public enum Reach : byte
{
    NotTried,

    /// <summary>Everything sent arrived, and came back where something was to come back.</summary>
    Ok,

    /// <summary>Some of it.</summary>
    Partly,

    /// <summary>Nothing arrived.</summary>
    Unreachable,
}

/// <summary>One cell. <see cref="ByBackend"/> is in the order of <see cref="ReachabilityMatrix.Backends"/>; <see cref="Detail"/> is for people: <c>ping-1: 2 of 2</c>.</summary>
public sealed record ReachCell(ImmutableArray<Reach> ByBackend, string Detail)
{
    /// <summary>The one word when all backends agree; null when they do not.</summary>
    public Reach? Agreed => ByBackend.Length > 0 && ByBackend.All(r => r == ByBackend[0]) ? ByBackend[0] : null;
}

/// <summary>
/// Who reached whom, from what the steps' own stacks and sockets saw. Rows are endpoints; columns are endpoints and, behind them,
/// addresses that were tried and are nobody's.
/// </summary>
public sealed class ReachabilityMatrix
{
    private readonly Dictionary<(int Row, int Column), ReachCell> cells = [];
    private static readonly ReachCell Untried = new([Reach.NotTried], "not tried");

    private ReachabilityMatrix(ImmutableArray<string> backends, ImmutableArray<string> rows, ImmutableArray<string> columns)
    {
        Backends = backends;
        Rows = rows;
        Columns = columns;
    }

    public ImmutableArray<string> Backends { get; }

    public ImmutableArray<string> Rows { get; }

    public ImmutableArray<string> Columns { get; }

    /// <summary>True when no exchange was tried at all.</summary>
    public bool IsEmpty => cells.Count == 0;

    public ReachCell this[int row, int column] => cells.GetValueOrDefault((row, column), Untried);

    /// <summary>With more than <paramref name="limit"/> endpoints, only those an exchange names are kept.</summary>
    public static ReachabilityMatrix Of(ScenarioResult result, int limit = 24)
    {
        Scenario scenario = result.Scenario;
        Names names = new(scenario);
        List<(int Step, EndpointId From, Ipv4Address To)> exchanges = [.. Exchanges(scenario)];
        BackendResult[] ran = [.. result.Backends.Where(b => b.Run is not null)];

        bool all = scenario.Topology.Endpoints.Length <= limit;
        SortedSet<int> shown = [.. all ? Enumerable.Range(0, scenario.Topology.Endpoints.Length) : []];
        SortedSet<Ipv4Address> nobodys = [];
        foreach ((int _, EndpointId from, Ipv4Address to) in exchanges)
        {
            shown.Add(from.Index);
            if (names.Owner(from, to) is { } owner)
            {
                shown.Add(owner.Index);
            }
            else
            {
                nobodys.Add(to);
            }
        }
        List<int> endpoints = [.. shown];
        List<Ipv4Address> addresses = [.. nobodys];
        ReachabilityMatrix matrix = new(
            [.. ran.Select(b => b.Backend)],
            [.. endpoints.Select(i => names.Of(new EndpointId(i)))],
            [.. endpoints.Select(i => names.Of(new EndpointId(i))), .. addresses.Select(a => a.ToString())]);
        foreach (var pair in exchanges.GroupBy(e => (e.From, e.To)))
        {
            EndpointId? owner = names.Owner(pair.Key.From, pair.Key.To);
            int row = endpoints.IndexOf(pair.Key.From.Index);
            int column = owner is { } id ? endpoints.IndexOf(id.Index) : endpoints.Count + addresses.IndexOf(pair.Key.To);
            matrix.cells[(row, column)] = Cell([.. pair.Select(e => e.Step)], ran, scenario);
        }
        return matrix;
    }

    private static IEnumerable<(int Step, EndpointId From, Ipv4Address To)> Exchanges(Scenario scenario)
    {
        for (int i = 0; i < scenario.Timeline.Length; i++)
        {
            switch (scenario.Timeline[i])
            {
                case PingStep s:
                    yield return (i, s.From, s.To);
                    break;
                case UdpStep s:
                    yield return (i, s.From, s.To);
                    break;
                case TcpStep s:
                    yield return (i, s.From, s.To);
                    break;
            }
        }
    }

    private static ReachCell Cell(int[] steps, BackendResult[] backends, Scenario scenario)
    {
        List<string> detail = [];
        ImmutableArray<Reach> reaches = [.. backends.Select(backend =>
        {
            StepOutcome[] outcomes = [.. steps.Select(step => backend.Run!.Outcomes.FirstOrDefault(o => o.Step == step)).OfType<StepOutcome>()];
            detail.Add($"{backend.Backend}: {string.Join(", ", outcomes.Select(o => Detail(o, scenario)))}");
            return outcomes.Length == 0 ? Reach.NotTried
                : outcomes.All(o => o.Sent > 0 && IsWhole(o)) ? Reach.Ok
                : outcomes.All(o => o.Arrived == 0) ? Reach.Unreachable
                : Reach.Partly;
        })];
        return new ReachCell(reaches, string.Join("\n", detail.Select(d => d.Split(": ", 2)[1]).Distinct().Count() == 1
            ? [detail[0].Split(": ", 2)[1]]
            : detail));
    }

    private static bool IsWhole(StepOutcome o) =>
        o.Arrived == o.Sent && (o.Returned < 0 || o.Returned == o.Sent) && o.BytesArrived == o.BytesSent && (o.BytesReturned < 0 || o.BytesReturned == o.BytesSent) && o.Intact;

    private static string Detail(StepOutcome o, Scenario scenario) =>
        $"{scenario.Timeline[o.Step].Name} {o.Arrived} of {o.Sent}{(o.Returned >= 0 ? $", {o.Returned} back" : "")}{(o.Intact ? "" : ", bytes differ")}{(o.Trouble is { } t ? $" ({t})" : "")}";
}
