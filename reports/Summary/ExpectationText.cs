using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>An expectation in one line, in the names of the user's file: <c>reachable a → c</c>.</summary>
public static class ExpectationText
{
    public static string Of(Expectation expectation, Names names) => expectation switch
    {
        ReachableExpectation e => $"reachable {Pair(e.From, e.To, names)}{In(e.Step)}",
        UnreachableExpectation e => $"unreachable {Pair(e.From, e.To, names)}{In(e.Step)}",
        PassesThroughExpectation e =>
            $"passes through {Through(e, names)}: {Frame(e.Nth)} {Pair(e.From, e.To, names)}{In(e.Step)}",
        HopsExpectation e => $"{Wording.Count(e.Hops, "underlay segment")}: {Frame(e.Nth)} {Pair(e.From, e.To, names)}{In(e.Step)}",
        TtlAtExpectation e =>
            $"outer TTL at {names.Of(e.Droplet)}, {Protocol(e.Protocol)}: {Histogram(e)}{In(e.Step)}",
        PacketCountExpectation e => $"{Wording.Count(e.Count, "Geneve frame")} with {Protocol(e.Protocol)} at {names.Of(e.Droplet)}{In(e.Step)}",
        DirectPathAfterExpectation e => $"direct path after {Wording.Count(e.Frames, "frame")} {Pair(e.From, e.To, names)}{In(e.Step)}",
        DroppedExpectation e => $"dropped at {names.Of(e.Droplet)}: {e.Reason}{(e.Count is { } n ? $" ×{n}" : "")}{In(e.Step)}",
        NoUnexpectedDropsExpectation => "no unexpected drops",
        TableExpectation e => $"table {e.Table} at {names.Of(e.Droplet)}: {Rows(e)}",
        IsolatedExpectation e => $"isolated {names.Of(e.A)} | {names.Of(e.B)}",
        FunctionSeesExpectation e => $"{names.Of(e.At)}'s function sees {Protocol(e.Protocol)} in Geneve{(e.Count is { } n ? $" ×{n}" : "")}{In(e.Step)}",
        CarriedExpectation e => e.Lost == 0 ? $"everything of {e.Step} is carried" : $"all but {e.Lost} of {e.Step} is carried",
        _ => expectation.Kind,
    };

    private static string Through(PassesThroughExpectation e, Names names)
    {
        string droplets = string.Join(", ", e.Droplets.Select(names.Of));
        return !e.Exactly ? droplets : e.Droplets.IsEmpty ? "no other droplet" : droplets + " and no other";
    }

    private static string Pair(EndpointId from, Packets.Ipv4Address to, Names names) => $"{names.Of(from)} → {names.Target(from, to)}";

    private static string In(string? step) => step is null ? "" : $" in {step}";

    private static string Frame(int nth) => nth == 0 ? "every frame" : $"frame {nth}";

    private static string Protocol(InnerProtocol protocol) => protocol == InnerProtocol.Any ? "any protocol" : protocol.ToString().ToUpperInvariant();

    private static string Histogram(TtlAtExpectation e) =>
        e.CountByTtl.IsEmpty ? "none" : string.Join(", ", e.CountByTtl.Reverse().Select(pair => $"{pair.Key} ×{pair.Value}"));

    private static string Rows(TableExpectation e)
    {
        List<string> parts = [];
        if (!e.Contains.IsDefaultOrEmpty)
        {
            parts.Add($"contains {string.Join(" and ", e.Contains)}");
        }
        if (!e.Absent.IsDefaultOrEmpty)
        {
            parts.Add($"lacks {string.Join(" and ", e.Absent)}");
        }
        if (e.Count is { } count)
        {
            parts.Add($"has {Wording.Count(count, "row")}");
        }
        return string.Join(", ", parts);
    }
}
