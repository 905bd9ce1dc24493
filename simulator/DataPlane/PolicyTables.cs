using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Which way a policy looks, from the protected endpoint.</summary>
public enum PolicyDirection : byte
{
    Egress = 0,
    Ingress = 1,
}

/// <summary>An endpoint under policy in one direction.</summary>
public readonly record struct PolicyScope(PolicyDirection Direction, EndpointKey Local);

public readonly record struct PolicyPortKey(PolicyScope Scope, IpProtocol Protocol, ushort Port);

/// <summary>Which of the three prefix tables (§3.1): without exceptions, with exceptions, the exceptions.</summary>
public enum CidrKind : byte
{
    Primary = 0,
    Supplementary = 1,
    Except = 2,
}

public readonly record struct PolicyCidrKey(PolicyScope Scope, CidrKind Kind, Ipv4Prefix Remote);

/// <summary>Which of the sender's labels a row speaks of.</summary>
public enum LabelKind : byte
{
    Pod = 0,
    Namespace = 1,
    Both = 2,
}

/// <summary>Rows of senders' labels. Upstream's key has no endpoint (§8.1 P16): its address is 0.0.0.0 in the dialect <c>mizar</c>.</summary>
public readonly record struct PolicyLabelKey(LabelKind Kind, EndpointKey Local, uint Pod, uint Namespace);

/// <summary>Rule elements of one endpoint and direction, a bit each (§3.10). Upstream has 64; a plan with more than 256 is refused.</summary>
public readonly record struct PolicyBits(ulong Word0, ulong Word1 = 0, ulong Word2 = 0, ulong Word3 = 0)
{
    /// <summary>Rule elements there is room for.</summary>
    public const int Limit = 256;

    public bool IsEmpty => (Word0 | Word1 | Word2 | Word3) == 0;

    /// <summary>The set of one element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 to 255.</exception>
    public static PolicyBits Of(int element)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)element, (uint)Limit, nameof(element));
        ulong bit = 1ul << (element & 63);
        return (element >> 6) switch
        {
            0 => new PolicyBits(bit),
            1 => new PolicyBits(0, bit),
            2 => new PolicyBits(0, 0, bit),
            _ => new PolicyBits(0, 0, 0, bit),
        };
    }

    public static PolicyBits operator |(in PolicyBits a, in PolicyBits b) =>
        new(a.Word0 | b.Word0, a.Word1 | b.Word1, a.Word2 | b.Word2, a.Word3 | b.Word3);

    public static PolicyBits operator &(in PolicyBits a, in PolicyBits b) =>
        new(a.Word0 & b.Word0, a.Word1 & b.Word1, a.Word2 & b.Word2, a.Word3 & b.Word3);

    public static PolicyBits operator ~(in PolicyBits a) => new(~a.Word0, ~a.Word1, ~a.Word2, ~a.Word3);
}
