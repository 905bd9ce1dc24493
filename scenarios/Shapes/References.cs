using System.Text.Json.Nodes;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>The name of something the topology declares.</summary>
internal sealed class ReferenceShape<TId>(string noun, Func<ReadContext, NameTable> table, Func<int, TId> id) : ScalarShape<TId>
{
    public override string Words => $"the name of {noun}";

    public override JsonObject Schema(SchemaDefinitions definitions) => NameShape.Instance.Schema(definitions);

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out TId value)
    {
        NameTable names = table(context);
        int index = names.Find(scalar, context.Diagnostics);
        value = id(Math.Max(index, 0));
        return index >= 0;
    }
}

/// <summary>References to each kind of noun.</summary>
internal static class References
{
    public static readonly ReferenceShape<DropletId> Droplet = new("a droplet", c => c.Droplets, i => new DropletId(i));
    public static readonly ReferenceShape<VpcId> Vpc = new("a VPC", c => c.Vpcs, i => new VpcId(i));
    public static readonly ReferenceShape<NetworkId> Network = new("a network", c => c.Networks, i => new NetworkId(i));
    public static readonly ReferenceShape<EndpointId> Endpoint = new("an endpoint", c => c.Endpoints, i => new EndpointId(i));
    public static readonly ReferenceShape<ServiceId> Service = new("a service", c => c.Services, i => new ServiceId(i));
    public static readonly ReferenceShape<PolicyId> Policy = new("a policy", c => c.Policies, i => new PolicyId(i));
}

/// <summary>Where an exchange goes: an endpoint, a service, or an address, which nobody need have.</summary>
internal readonly record struct Target(EndpointId? Endpoint, Ipv4Address Address, ServiceId? Service = null);

/// <inheritdoc cref="Target"/>
internal sealed class TargetShape : ScalarShape<Target>
{
    public static readonly TargetShape Instance = new();

    public override string Words => "the name of an endpoint or a service, or an IPv4 address";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["anyOf"] = new JsonArray(NameShape.Instance.Schema(definitions), AddressShape.Instance.Schema(definitions)) };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out Target value)
    {
        value = default;
        if (scalar.Text.Length > 0 && char.IsAsciiDigit(scalar.Text[0]))
        {
            bool good = Ipv4Address.TryParse(scalar.Text, out Ipv4Address address);
            value = new Target(null, address);
            return good || Refuse(scalar, context);
        }
        if (context.Services.Find(scalar.Text) is var service and >= 0)
        {
            value = new Target(null, default, new ServiceId(service));
            return true;
        }
        int index = context.Endpoints.Find(scalar, context.Diagnostics);
        value = new Target(new EndpointId(Math.Max(index, 0)), default);
        return index >= 0;
    }
}

/// <summary>Who holds a role: droplets by name in list order, or how many, chosen by the topology's placement.</summary>
/// <param name="Count">0 when droplets are named.</param>
internal sealed record RoleList(IReadOnlyList<Placed<DropletId>> Droplets, int Count);

/// <inheritdoc cref="RoleList"/>
internal sealed class RoleListShape : Shape<RoleList>
{
    public static readonly RoleListShape Instance = new();

    private static readonly ListShape<DropletId> Names = new(References.Droplet, Limits.Roles);
    private static readonly IntegerShape Count = new("a number of droplets", 1, Limits.Roles);

    public override string Words => "a list of droplet names, or how many the placement chooses";

    public override string Show(RoleList value) => "[]";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["anyOf"] = new JsonArray(Names.Schema(definitions), Count.Schema(definitions)) };

    public override bool TryRead(YamlNode node, ReadContext context, out RoleList value)
    {
        value = new RoleList([], 0);
        if (node is YamlScalar { Plain: true, Text: [>= '0' and <= '9', ..] })
        {
            bool good = Count.TryRead(node, context, out int count);
            value = new RoleList([], count);
            return good;
        }
        if (!Names.TryRead(node, context, out var names))
        {
            return false;
        }
        bool once = true;
        for (int i = 0; i < names.Length; i++)
        {
            if (names.AsSpan(0, i).ToArray().Any(n => n.Value == names[i].Value))
            {
                context.Diagnostics.Report(names[i].Where, $"droplet '{context.Droplets[names[i].Value.Index]}' is listed twice", "name it once");
                once = false;
            }
        }
        value = new RoleList(names, 0);
        return once;
    }
}
