using FsCheck;
using FsCheck.Fluent;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// The evaluation of network policy, held against §3.10 as one would say it of single rule elements: an element allows a packet when its ports hold the
/// packet's and one of its peers is the packet's. No bit sets, no tries, no order.
/// </summary>
public sealed class NetworkPolicyTests
{
    private const ushort Service = 80;

    /// <summary>Where a rule element is found: its ports, its peers' prefixes, its senders' labels.</summary>
    private sealed record Rules(
        (int Element, int Protocol, int Port)[] Ports,
        (int Element, CidrKind Kind, int Length)[] Prefixes,
        (int Element, LabelKind Kind, int Pod, int Namespace)[] Labels,
        bool Enforced,
        int Pod,
        int Namespace);

    private static Arbitrary<Rules> AnyRules => (
        from ports in Few(
            from element in Element
            from port in Gen.Elements((0, 0), (6, 80), (6, 81), (17, 80), (6, 0))
            select (element, port.Item1, port.Item2))
        from prefixes in Few(
            from element in Element
            from kind in Gen.Elements(CidrKind.Primary, CidrKind.Supplementary, CidrKind.Except)
            from length in Gen.Elements(0, 8, 30, 31, 32)
            select (element, kind, length))
        from labels in Few(
            from element in Element
            from kind in Gen.Elements(LabelKind.Pod, LabelKind.Namespace, LabelKind.Both)
            from pod in Gen.Choose(1, 2)
            from @namespace in Gen.Choose(1, 2)
            select (element, kind, pod, @namespace))
        from enforced in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from pod in Gen.Choose(0, 2)
        from @namespace in Gen.Choose(0, 2)
        select new Rules(ports, prefixes, labels, enforced, pod, @namespace)).ToArbitrary();

    /// <summary>Of every word of a set, so that none is forgotten.</summary>
    private static Gen<int> Element => Gen.Elements(0, 1, 63, 64, 130, 255);

    private static Gen<T[]> Few<T>(Gen<T> one) => Gen.Choose(0, 5).SelectMany(count => one.ArrayOf(count));

    [Theory]
    [InlineData(Switches.None)]
    [InlineData(Switches.LabelsPerEndpoint)]
    [InlineData(Switches.ConnectionState | Switches.LabelsPerEndpoint)]
    public void Ingress_is_what_the_rules_say(Switches on) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(AnyRules, rules =>
    {
        TwoHosts hosts = Build(rules, side: 1, PolicyDirection.Ingress, on);
        Assert.Equal(!Allowed(rules, PolicyDirection.Ingress, remote: 0) ? Reason.IngressDenied : Reason.Delivered, hosts.Send(0, IpProtocol.Tcp, 4000, Service));
    }));

    [Theory]
    [InlineData(Switches.None)]
    [InlineData(Switches.ConnectionState)]
    public void Egress_is_what_the_rules_say(Switches on) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(AnyRules, rules =>
    {
        TwoHosts hosts = Build(rules, side: 0, PolicyDirection.Egress, on);
        Assert.Equal(!Allowed(rules, PolicyDirection.Egress, remote: 1) ? Reason.EgressDenied : Reason.Delivered, hosts.Send(0, IpProtocol.Tcp, 4000, Service));
    }));

    /// <summary>§3.10, of single elements.</summary>
    private static bool Allowed(Rules rules, PolicyDirection direction, int remote)
    {
        if (!rules.Enforced)
        {
            return true;
        }
        return rules.Ports
            .Where(rule => (rule.Protocol, rule.Port) is (0, 0) or (6, Service))
            .Select(rule => rule.Element)
            .Any(element => InPrefixes(CidrKind.Primary, element)
                || (InPrefixes(CidrKind.Supplementary, element) && !InPrefixes(CidrKind.Except, element))
                || (direction == PolicyDirection.Ingress && rules.Labels.Any(label => label.Element == element && Fits(label))));

        // Of each kind only the longest prefix with the address in it speaks, for every element.
        bool InPrefixes(CidrKind kind, int element)
        {
            var fitting = rules.Prefixes.Where(rule => rule.Kind == kind && Prefix(rule.Length).Contains(TwoHosts.Address(remote))).ToArray();
            return fitting.Any(rule => rule.Length == fitting.Max(other => other.Length) && rule.Element == element);
        }

        bool Fits((int Element, LabelKind Kind, int Pod, int Namespace) label) => label.Kind switch
        {
            LabelKind.Pod => rules.Pod == label.Pod,
            LabelKind.Namespace => rules.Namespace == label.Namespace,
            _ => rules.Pod == label.Pod && rules.Namespace == label.Namespace,
        };
    }

    /// <summary>Prefixes around 10.0.0.3; that of 32 bits leaves out 10.0.0.2.</summary>
    private static Ipv4Prefix Prefix(int length) => new(TwoHosts.Address(1), length);

    private static TwoHosts Build(Rules rules, int side, PolicyDirection direction, Switches on)
    {
        TwoHosts hosts = new(on);
        DropletId here = new(side);
        PolicyScope scope = TwoHosts.Scope(side, direction);
        if (rules.Enforced)
        {
            hosts.Enforce(side, direction);
        }
        foreach (var row in rules.Ports.GroupBy(rule => (rule.Protocol, rule.Port)))
        {
            hosts.Plane.Put(here, Tables.PolicyPorts, new PolicyPortKey(scope, (IpProtocol)row.Key.Protocol, (ushort)row.Key.Port), Bits(row.Select(rule => rule.Element)));
        }
        foreach (var row in rules.Prefixes.GroupBy(rule => (rule.Kind, rule.Length)))
        {
            hosts.Plane.Put(here, Tables.PolicyCidrs, new PolicyCidrKey(scope, row.Key.Kind, Prefix(row.Key.Length)), Bits(row.Select(rule => rule.Element)));
        }
        EndpointKey local = on.HasFlag(Switches.LabelsPerEndpoint) ? scope.Local : scope.Local with { Address = Ipv4Address.Any };
        foreach (var row in rules.Labels.GroupBy(rule => KeyOf(local, rule)))
        {
            hosts.Plane.Put(here, Tables.PolicyLabels, row.Key, Bits(row.Select(rule => rule.Element)));
        }
        hosts.SetLabels(0, (uint)rules.Pod, (uint)rules.Namespace);
        return hosts;
    }

    private static PolicyLabelKey KeyOf(EndpointKey local, (int Element, LabelKind Kind, int Pod, int Namespace) rule) => new(
        rule.Kind,
        local,
        rule.Kind == LabelKind.Namespace ? 0 : (uint)rule.Pod,
        rule.Kind == LabelKind.Pod ? 0 : (uint)rule.Namespace);

    private static PolicyBits Bits(IEnumerable<int> elements) => elements.Aggregate(default(PolicyBits), (bits, element) => bits | PolicyBits.Of(element));
}
