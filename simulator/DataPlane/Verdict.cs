namespace MizarLab.DataPlane;

/// <summary>What a program answers; the values are the kernel's <c>enum xdp_action</c>.</summary>
public enum Verdict : byte
{
    Aborted = 0,
    Drop = 1,
    Pass = 2,
    Tx = 3,
    Redirect = 4,
}
