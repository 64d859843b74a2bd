"""A Discord bot: /imagine answers with an image, what it cost in the footer, and every failure in words.

pip install py-cord openai; OPENAI_BASE_URL is your gateway, like http://127.0.0.1:8501/v1, OPENAI_API_KEY its token,
DISCORD_TOKEN the token of your bot.
"""

import os
from base64 import b64decode
from io import BytesIO

import discord
from discord.ext import commands
from openai import AsyncOpenAI, OpenAIError

PAUSE = 30  # seconds between two images of one person

bot = discord.Bot()
client = AsyncOpenAI(max_retries=0)  # a request that is sent again may be charged again


@bot.slash_command(description="Make an image")
@commands.cooldown(1, PAUSE, commands.BucketType.user)
@discord.option("prompt", str, description="What the image shows", max_length=4000)
async def imagine(ctx: discord.ApplicationContext, prompt: str) -> None:
    await ctx.defer()  # an image takes longer than the three seconds that Discord waits
    try:
        answer = await client.images.with_raw_response.generate(
            model="gpt-image-2.6-flare", prompt=prompt, response_format="b64_json", user=str(ctx.author.id)
        )
    except OpenAIError as error:
        await ctx.respond(f"No image was made. {getattr(error, 'message', error)}"[:2000])
        return
    image = discord.File(BytesIO(b64decode(answer.parse().data[0].b64_json)), "image.png")
    embed = discord.Embed(description=prompt).set_image(url="attachment://image.png")
    embed.set_footer(text=f"Cost: {answer.headers['x-triptych-cost-usd']} dollars")
    await ctx.respond(embed=embed, file=image)


@imagine.error
async def not_now(ctx: discord.ApplicationContext, error: discord.DiscordException) -> None:
    if not isinstance(error, commands.CommandOnCooldown):
        raise error
    await ctx.respond(f"Wait {error.retry_after:.0f} seconds, then try again.", ephemeral=True)


if __name__ == "__main__":
    bot.run(os.environ["DISCORD_TOKEN"])
