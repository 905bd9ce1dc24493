using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>A timeline step in one line.</summary>
public static class StepText
{
    public static string Of(Step step, Scenario scenario, Names names)
    {
        string what = step switch
        {
            PingStep s => $"{Wording.Count(s.Count, "echo request")} {names.Of(s.From)} → {names.Target(s.From, s.To)}, {s.PayloadBytes}B, every {s.Interval}",
            UdpStep s => $"{Wording.Count(s.Count, "datagram")} {names.Of(s.From)} → {names.Target(s.From, s.To)}:{s.Port}, {s.Payload.Length}B, every {s.Interval}{Back(s.Reply)}",
            TcpStep s => $"TCP {names.Of(s.From)} → {names.Target(s.From, s.To)}:{s.Port}, {Wording.Count(s.Blocks, "block")} of {s.Block.Length}B, one every {s.Interval}{Back(s.Reply)}",
            TrafficStep s => $"workload {s.Law}: {Wording.Count(s.Packets.Length, s.OverTcp ? "TCP flow" : "datagram")}",
            FrameStep s => $"crafted frame from {names.Of(s.From)}, {s.Bytes.Length}B",
            CreateEndpointStep s => $"create {names.Of(s.Endpoint)}",
            DeleteEndpointStep s => $"delete {names.Of(s.Endpoint)}",
            MoveEndpointStep s => $"move {names.Of(s.Endpoint)} to {names.Of(s.To)}",
            AddBouncerStep s => $"{names.Of(s.Droplet)} becomes a bouncer of {scenario.Topology[s.Network].Name}",
            RemoveBouncerStep s => $"{names.Of(s.Droplet)} is no longer a bouncer of {scenario.Topology[s.Network].Name}",
            AddDividerStep s => $"{names.Of(s.Droplet)} becomes a divider of {names.Of(s.Vpc)}",
            RemoveDividerStep s => $"{names.Of(s.Droplet)} is no longer a divider of {names.Of(s.Vpc)}",
            FailDropletStep s => $"{names.Of(s.Droplet)} fails",
            RestoreDropletStep s => $"{names.Of(s.Droplet)} comes back",
            FailSwitchStep s => $"{s.Switch.NameIn(scenario.Topology.Underlay.Shape)} fails",
            RestoreSwitchStep s => $"{s.Switch.NameIn(scenario.Topology.Underlay.Shape)} comes back",
            FailLinkStep s => $"the link {Link(s.One, s.Other)} fails",
            RestoreLinkStep s => $"the link {Link(s.One, s.Other)} comes back",
            WaitStep s => $"wait {s.Duration}",
            _ => step.GetType().Name,
        };
        string Link(FabricSwitch one, FabricSwitch other) => $"{one.NameIn(scenario.Topology.Underlay.Shape)} – {other.NameIn(scenario.Topology.Underlay.Shape)}";
        return $"{what}{(step.At is { } at ? $", not before {at}" : "")}{(step.Background ? ", in the background" : "")}";
    }

    private static string Back(bool reply) => reply ? ", sent back" : "";
}
