using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Draws network policy: few rule elements and few ports, so that ports, prefixes and labels meet in the same bits about as often as not.</summary>
internal sealed class PolicyGenerator(FuzzRandom random, Palette palette, List<StateRow> rows)
{
    public void Add()
    {
        for (int i = random.Between(1, 4); i > 0; i--)
        {
            PolicyScope scope = new((PolicyDirection)random.Below(2), new EndpointKey(palette.AVni(random), palette.AnInner(random)));
            rows.Add(StateRow.New(Tables.PolicyEnforced, scope, random.Chance(9, 10) ? (byte)1 : (byte)0));
            for (int ports = random.Below(4); ports > 0; ports--)
            {
                bool any = random.Chance(1, 3);
                rows.Add(StateRow.New(
                    Tables.PolicyPorts, new PolicyPortKey(scope, any ? 0 : Palette.AProtocol(random), any ? (ushort)0 : palette.APort(random)), Bits()));
            }
            for (int cidrs = random.Below(5); cidrs > 0; cidrs--)
            {
                rows.Add(StateRow.New(Tables.PolicyCidrs, new PolicyCidrKey(scope, (CidrKind)random.Below(3), LeafDraw.Prefix(random, palette)), Bits()));
            }
            AddLabels(scope);
        }
    }

    private void AddLabels(in PolicyScope scope)
    {
        Ipv4Address local = palette.Settings.Has(Switches.LabelsPerEndpoint) ? scope.Local.Address : Ipv4Address.Any;
        for (int i = random.Below(4); i > 0; i--)
        {
            LabelKind kind = (LabelKind)random.Below(3);
            uint pod = kind == LabelKind.Namespace ? 0 : (uint)random.Below(4), space = kind == LabelKind.Pod ? 0 : (uint)random.Below(4);
            rows.Add(StateRow.New(Tables.PolicyLabels, new PolicyLabelKey(kind, scope.Local with { Address = local }, pod, space), Bits()));
        }
    }

    /// <summary>Upstream's sets have 64 bits.</summary>
    private PolicyBits Bits()
    {
        ulong first = random.Below(5) switch { 0 => ulong.MaxValue, 1 => 1ul << 63, _ => (ulong)random.Below(8) };
        return palette.Settings.On == Switches.None || random.Chance(3, 4)
            ? new PolicyBits(first)
            : new PolicyBits(first, (ulong)random.Below(4), (ulong)random.Below(2), random.Chance(1, 3) ? 1ul << 63 : 0);
    }
}
