namespace MizarLab.Benchmarks.DataPlane;

/// <summary>A benchmark would measure something else than it is called: there is no figure then.</summary>
public sealed class WrongPathException(string message) : Exception(message)
{
    public static void ThrowUnless(bool right, string message)
    {
        if (!right)
        {
            throw new WrongPathException(message);
        }
    }
}
